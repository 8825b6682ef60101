"""The shapes of an architecture's tensors, without torch."""

from .architectures import ARCHITECTURES, LABELLED, build, check_known
from .film_constants import GREYS, TIME_FEATURES, WIDTHS

Shapes = dict[str, tuple[int, ...]]


def tensor_shapes(architecture: str, num_classes: int = 0) -> Shapes:
    """Return the shape of every tensor by name, as in the module's ``state_dict``.

    Raises:
        DiffvizError: if no architecture has that name, or it takes no labels.
    """
    fits = not num_classes or architecture in LABELLED
    if architecture in _SHAPES and architecture in ARCHITECTURES and fits:
        table = {"labels.weight": (num_classes + 1, TIME_FEATURES)} if num_classes else {}
        return _SHAPES[architecture] | table
    check_known(architecture)
    from .weight_files import shapes_of

    return shapes_of(build(architecture, num_classes))


def _layer(name: str, weight: tuple[int, ...], outputs: int | None = None) -> Shapes:
    return {f"{name}.weight": weight, f"{name}.bias": (outputs or weight[0],)}


def _reference() -> Shapes:
    return (
        _layer("time", (256, 256))
        | _layer("conv1", (32, 1, 3, 3))
        | _layer("conv2", (64, 32, 3, 3))
        | _layer("bottleneck", (128, 64, 3, 3))
        | _layer("time_to_bottleneck", (128, 256))
        | _layer("up1", (128, 64, 2, 2), 64)
        | _layer("conv3", (64, 128, 3, 3))
        | _layer("up2", (64, 32, 2, 2), 32)
        | _layer("conv4", (32, 64, 3, 3))
        | _layer("output", (1, 32, 1, 1))
    )


def _film() -> Shapes:
    fine, middle, coarse = WIDTHS
    return (
        _layer("time.0", (TIME_FEATURES, TIME_FEATURES))
        | _layer("time.2", (TIME_FEATURES, TIME_FEATURES))
        | _layer("stem", (fine, 3, 3, 3))
        | _layer("down1", (middle, fine, 3, 3))
        | _residual("encoder", middle, middle)
        | _layer("down2", (coarse, middle, 3, 3))
        | _residual("bottleneck", coarse, coarse)
        | _layer("attention.norm", (coarse,))
        | _layer("attention.qkv", (3 * coarse, coarse, 1, 1))
        | _layer("attention.project", (coarse, coarse, 1, 1))
        | _layer("up1", (coarse, middle, 2, 2), middle)
        | _residual("decoder1", 2 * middle, middle)
        | _layer("up2", (middle, fine, 2, 2), fine)
        | _residual("decoder2", fine, fine, normalise=False)
        | _layer("output", (2 + 3 * GREYS, fine, 3, 3))
    )


def _residual(name: str, inputs: int, outputs: int, normalise: bool = True) -> Shapes:
    shapes = _layer(f"{name}.conv1", (outputs, inputs, 3, 3))
    shapes |= _layer(f"{name}.film", (2 * outputs, TIME_FEATURES))
    shapes |= _layer(f"{name}.conv2", (outputs, outputs, 3, 3))
    if normalise:
        shapes |= _layer(f"{name}.norm1", (inputs,)) | _layer(f"{name}.norm2", (outputs,))
    if inputs != outputs:
        shapes |= _layer(f"{name}.skip", (outputs, inputs, 1, 1))
    return shapes


_SHAPES: dict[str, Shapes] = {"film-unet": _film(), "reference-unet": _reference()}
