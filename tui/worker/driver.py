"""The interface of the drivers that sample jobs, and their commands."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from ...core.sampling.guidance import LabelSettings
from .jobs import Job


class Start(NamedTuple):
    """Sample a job, in place of the current one."""

    run: int
    job: Job


class Stop(NamedTuple):
    """Drop the current job."""


class SetPlaying(NamedTuple):
    """Play or pause."""

    playing: bool


class StepOnce(NamedTuple):
    """Let one lane take one step while paused."""


class SetSpeed(NamedTuple):
    """Change the pace."""

    speed: float | None


class SetNoise(NamedTuple):
    """Change the scale of the injected noise."""

    scale: float


class SetLabels(NamedTuple):
    """Change what is drawn, and its guidance."""

    settings: LabelSettings


class UseBackend(NamedTuple):
    """Compute with another backend, on the CPU, from the next start of the process on."""

    backend: str


Command = Start | Stop | SetPlaying | StepOnce | SetSpeed | SetNoise | SetLabels | UseBackend


class Driver(ABC):
    """Samples one job at a time; every method may be called from any thread."""

    @abstractmethod
    def open(self) -> None:
        """Begin to load weights and to sample jobs."""

    @abstractmethod
    def send(self, command: Command) -> None:
        """Obey ``command`` as soon as the step under way is done."""

    @abstractmethod
    def close(self) -> None:
        """Request the end; return at once."""

    @abstractmethod
    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for the end; return whether it has come."""

    def start(self, run: int, job: Job) -> None:
        """Play ``job`` as run number ``run``, in place of the current one."""
        self.send(Start(run, job))

    def stop(self) -> None:
        """Sample no more until the next start."""
        self.send(Stop())

    def set_playing(self, playing: bool) -> None:
        """Play or pause."""
        self.send(SetPlaying(playing))

    def step_once(self) -> None:
        """Let one lane take one step while paused."""
        self.send(StepOnce())

    def set_speed(self, speed: float | None) -> None:
        """Set the pace of each lane in steps per second; None for as fast as possible."""
        self.send(SetSpeed(speed))

    def use_backend(self, backend: str) -> None:
        """Compute with ``backend`` on the CPU, once the process that computes has crashed."""
        self.send(UseBackend(backend))

    def set_noise(self, scale: float) -> None:
        """Scale the injected noise, 0 to 1, from the next step of this run on."""
        self.send(SetNoise(scale))

    def set_labels(self, settings: LabelSettings) -> None:
        """Draw another class, or with another guidance, from the next step of this run on."""
        self.send(SetLabels(settings))
