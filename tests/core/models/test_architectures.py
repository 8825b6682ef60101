"""The architectures: sizes, shapes, and the reference UNet against an independent reading."""

import math

import pytest
import torch
import torch.nn.functional as F

from diffviz.core.backends.pytorch import TorchDenoiser
from diffviz.core.errors import DiffvizError
from diffviz.core.models import ARCHITECTURES, build, multiply_adds, parameter_count
from diffviz.core.models.embedding import sinusoidal_embedding
from diffviz.core.models.upsampling import Doubling

pytestmark = pytest.mark.needs_torch

PARAMETERS = 324_705
MULTIPLY_ADDS = 39_687_168


def test_reference_unet_has_the_published_size():
    model = build("reference-unet")
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS
    assert parameter_count(model) == PARAMETERS
    # every layer by hand: output pixels x kernel x channels in x channels out
    by_hand = (
        256 * 256  # time
        + 784 * 9 * 1 * 32  # conv1
        + 196 * 9 * 32 * 64  # conv2
        + 49 * 9 * 64 * 128  # bottleneck
        + 256 * 128  # time to bottleneck
        + 196 * 128 * 64  # up1: each output pixel sees one tap of the 2x2 kernel
        + 196 * 9 * 128 * 64  # conv3
        + 784 * 64 * 32  # up2
        + 784 * 9 * 64 * 32  # conv4
        + 784 * 1 * 32  # output
    )
    assert by_hand == MULTIPLY_ADDS
    assert multiply_adds(model) == MULTIPLY_ADDS


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_keeps_the_budget_and_the_shape(name):
    model = build(name).eval()
    assert sum(p.numel() for p in model.parameters()) <= PARAMETERS
    assert multiply_adds(model) <= MULTIPLY_ADDS
    with torch.no_grad():
        for batch in (1, 3):
            x = torch.randn(batch, 1, 28, 28, generator=torch.Generator().manual_seed(1))
            out = model(x, torch.arange(batch) * 333)
            assert out.shape == x.shape
            assert out.dtype == torch.float32
            assert torch.isfinite(out).all()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_images_of_a_batch_do_not_mix(name):
    generator = torch.Generator().manual_seed(2)
    model = build(name).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # layers that start at zero would hide a mix-up
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator))
        x = torch.randn(3, 1, 28, 28, generator=generator)
        t = torch.tensor([0, 500, 999])
        together = model(x, t)
        alone = torch.cat([model(x[i : i + 1], t[i : i + 1]) for i in range(3)])
        earlier = model(x, torch.tensor([3, 500, 999]))
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(together[0], earlier[0], rtol=1e-4, atol=1e-5)  # t matters …
    torch.testing.assert_close(together[1:], earlier[1:], rtol=1e-4, atol=1e-5)  # … to its image


def test_embedding_is_sines_then_cosines():
    rows = sinusoidal_embedding(torch.tensor([0, 1, 999]), 256)
    assert rows.shape == (3, 256)
    for row, t in zip(rows.tolist(), (0, 1, 999), strict=True):
        angles = [t * 10000 ** (-i / 127) for i in range(128)]
        expected = [math.sin(a) for a in angles] + [math.cos(a) for a in angles]
        assert row == pytest.approx(expected, abs=2e-4)  # float32 angles up to 999


def test_reference_unet_computes_what_its_table_says():
    model = build("reference-unet").eval()
    w = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    x = torch.randn(2, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    t = torch.tensor([7, 640])

    def conv(name, h):
        return F.gelu(F.conv2d(h, w[f"{name}.weight"], w[f"{name}.bias"], padding=1))

    def up(name, h):
        return F.conv_transpose2d(h, w[f"{name}.weight"], w[f"{name}.bias"], stride=2)

    angles = t[:, None] * torch.tensor([10000 ** (-i / 127) for i in range(128)])
    features = torch.cat([angles.sin(), angles.cos()], 1)
    features = F.gelu(features @ w["time.weight"].T + w["time.bias"])
    features = features @ w["time_to_bottleneck.weight"].T + w["time_to_bottleneck.bias"]
    skip1 = conv("conv1", x)
    skip2 = conv("conv2", F.max_pool2d(skip1, 2))
    middle = conv("bottleneck", F.max_pool2d(skip2, 2)) + features[:, :, None, None]
    h = conv("conv3", torch.cat([up("up1", middle), skip2], 1))
    h = conv("conv4", torch.cat([up("up2", h), skip1], 1))
    expected = (h * w["output.weight"].view(1, 32, 1, 1)).sum(1, keepdim=True) + w["output.bias"]
    with torch.no_grad():
        torch.testing.assert_close(model(x, t), expected, rtol=1e-4, atol=1e-5)


def test_unknown_architecture_names_the_known_ones():
    with pytest.raises(DiffvizError, match="reference-unet"):
        build("resnet")


def test_network_receives_t_minus_one():
    seen = []

    class Spy(torch.nn.Module):
        def forward(self, x, t):
            seen.append((tuple(x.shape), t.tolist()))
            return 2 * x

    x = torch.randn(3, 28, 28).numpy()
    denoiser = TorchDenoiser(Spy())
    for timestep in (1000, 1):
        eps = denoiser(x, timestep)
        assert eps.dtype == x.dtype
        assert (eps == 2 * x).all()
    assert seen == [((3, 1, 28, 28), [999] * 3), ((3, 1, 28, 28), [0] * 3)]


@pytest.mark.parametrize(("inputs", "outputs", "side"), [(8, 4, 7), (6, 5, 3)])
def test_doubling_written_as_a_product_is_the_transposed_convolution(inputs, outputs, side):
    doubling = Doubling(inputs, outputs).train()
    x = torch.randn(3, inputs, side, side).to(memory_format=torch.channels_last)
    x.requires_grad_()
    wanted = doubling(x)
    upstream = torch.randn_like(wanted)
    parameters = [x, doubling.weight, doubling.bias]
    gradients = torch.autograd.grad(wanted, parameters, upstream)
    with torch.autocast("cpu", torch.bfloat16):
        found = doubling(x)
    assert found.dtype == torch.bfloat16  # the product was taken
    assert found.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(found.float(), wanted, rtol=0.02, atol=0.02)
    product = doubling._product(x)  # in float32, to tell rounding from mistakes
    torch.testing.assert_close(product, wanted, rtol=1e-5, atol=1e-5)
    again = torch.autograd.grad(product, parameters, upstream)
    torch.testing.assert_close(again, gradients, rtol=1e-4, atol=1e-5)
