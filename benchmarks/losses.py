"""Print the losses of the bundled weights from their cards as a Markdown table.

python -m benchmarks.losses
"""

from diffviz.core.models.catalog import bundled_names, read_card


def main() -> None:
    """Print one row an epoch: the published reference curve beside each bundled one."""
    cards = [read_card(name) for name in bundled_names()]
    published = cards[0]["published_losses"]
    print("| epoch | published reference | " + " | ".join(f"`{c['name']}`" for c in cards) + " |")
    print("|---" * (2 + len(cards)) + "|")
    for epoch in range(max(len(card["losses"]) for card in cards)):
        row = [str(epoch + 1), f"{published[epoch]:.4f}" if epoch < len(published) else ""]
        row += [f"{c['losses'][epoch]:.4f}" if epoch < len(c["losses"]) else "" for c in cards]
        print("| " + " | ".join(row) + " |")
    for card in cards:
        print(
            f"\n`{card['name']}`: {card['architecture']}, {card['parameters']:,} parameters, "
            f"{card['multiply_adds']:,} multiply-adds a pass; `{card['command']}`"
        )


if __name__ == "__main__":
    main()
