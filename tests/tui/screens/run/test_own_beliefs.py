"""Models of one's own with a classifier: beliefs, the verdict, and its failures."""

import pytest


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_the_models_classifier_gives_beliefs_and_the_verdict(drive_own, size):
    async def act(tester):
        await tester.until(lambda: "done: upwards" in tester.text())
        await tester.until(lambda: "decided at t" in tester.text())
        beliefs = ("upwards:100%", "upwards:99%", "upwards   ███")
        await tester.until(lambda: any(belief in tester.text() for belief in beliefs))
        if size[0] > 100:
            assert "belief: P(class | x0_hat)" in tester.text()
            assert any("downwards" in line and "%" in line for line in tester.lines())
        assert "digit" not in tester.text()

    drive_own(act, "JUDGED", size=size)


def filled(tester) -> bool:
    """Return whether the strip of beliefs is drawn up to the end."""
    shown = tester.at("strip").strip()
    return bool(shown) and "·" not in shown


def test_the_strip_names_the_classes_where_they_lead(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        await tester.until(lambda: filled(tester))
        assert tester.at("strip").strip("─ ").endswith("upwards")
        assert {"upwards", "downwards"} >= set(tester.at("strip").replace("─", " ").split())

    drive_own(act, "JUDGED", size=(80, 24))


def test_a_tall_strip_has_a_row_for_each_class(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        await tester.until(lambda: filled(tester))
        rows = tester.at("strip").splitlines()
        assert [row[0] for row in rows] == ["u", "d"]
        assert rows[0][-1] == "█"
        assert rows[1][-1] == " "

    drive_own(act, "JUDGED", size=(100, 30))


def test_the_verdict_takes_the_place_of_what_is_done_with(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        await tester.until(lambda: "decided at t" in tester.at("verdict"))
        assert "It is upwards." in tester.at("verdict")
        assert "32 pictures" in tester.at("verdict")
        await tester.press("left")
        assert "It is upwards." not in tester.text()
        await tester.until(lambda: "how far x0_hat moves" in tester.text())
        await tester.press("end")
        await tester.until(lambda: "It is upwards." in tester.text())

    drive_own(act, "JUDGED", size=(200, 60))


def test_grid_race_branches_and_tree_have_beliefs(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        await tester.press("g")
        await tester.until(lambda: "done" in tester.text())
        assert "histogram" in tester.app.screen.plan(160, 60).regions
        assert any("upwards" in line and "32" in line for line in tester.lines())
        await tester.press("escape")
        await tester.press("c")
        await tester.until(lambda: "all 4 lanes end on upwards" in tester.text())
        assert sum("downwa" in line for line in tester.lines()) == 1
        await tester.press("escape")
        await tester.until(lambda: tester.app.screen is tester.screen)
        tester.screen.session.cursor.seek(10)
        await tester.press("b")
        await tester.press("2")
        await tester.until(lambda: "look like upwards" in tester.text())
        await tester.press("enter")
        await tester.until(lambda: tester.app.screen is tester.screen)
        await tester.press("T")
        await tester.until(lambda: any("upwards" in line for line in tester.lines()))

    drive_own(act, "JUDGED", size=(160, 60))


def test_a_classifier_that_fails_is_one_line(drive_own):
    async def act(tester):
        await tester.until(lambda: not tester.app.is_running)

    app = drive_own(act, "UNSURE")
    assert app.return_code == 1
    assert "classifier of unsure failed: mine.py, line" in str(app.return_value)
