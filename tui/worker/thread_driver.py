"""A driver whose loop runs in a thread of this process; it knows no screen.

Pausing, pacing and stopping mean that the thread doesn't request the next step of a sampler.
"""

import threading
import time
from collections.abc import Callable

from ...core.phases import Phase
from ...core.sampling.guidance import LabelSettings
from .driver import (
    Command,
    Driver,
    SetLabels,
    SetNoise,
    SetPlaying,
    SetSpeed,
    Start,
    StepOnce,
    Stop,
)
from .events import (
    BackendReplaced,
    EventSink,
    LaneFinished,
    LaneStep,
    LossesRead,
    PhaseEntered,
    SamplingEvent,
    SamplingFailed,
    SamplingFinished,
    SamplingStarted,
    WeightsLoaded,
)
from .lanes import JobRun
from .meter import Meter, Pacer
from .pipelines import Network, OpenPipeline, PipelineLike, failure_text, losses_of, version_of


class ThreadDriver(Driver):
    """Samples jobs in a thread."""

    cached = True
    """Whether to report phases that this user measured."""

    def __init__(
        self,
        open_pipeline: OpenPipeline,
        sink: EventSink,
        speed: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a driver whose thread is not running yet.

        Args:
            open_pipeline: Loads weights by name, in the thread; each name once.
            sink: Receives steps and events, in the thread.
            speed: Steps per second to begin with; None for as fast as possible.
            clock: Seconds, for pace and measurement.
        """
        self._open_pipeline = open_pipeline
        self._sink = sink
        self._clock = clock
        # Daemon: a thread that is busy importing torch can't be stopped, and must not stop us.
        self._thread = threading.Thread(target=self._main, name="diffviz-sampler", daemon=True)
        self._networks: dict[str, Network] = {}  # used by the thread only, like _stepped
        self._stepped = self._told_fallback = False
        self._changed = threading.Condition()
        # Everything below is read and written under _changed.
        self._job: JobRun | None = None
        self._playing = True
        self._single_steps = 0
        self._speed = speed
        self._noise: float | None = None
        self._labels: LabelSettings | None = None
        self._closed = False

    def open(self) -> None:
        """Start the thread; it loads weights as jobs need them."""
        self._thread.start()

    def send(self, command: Command) -> None:
        """Obey ``command`` as soon as the step under way is done."""
        with self._changed:
            match command:
                case Start(run, job):
                    self._job = JobRun(run, job)
                    self._playing, self._single_steps = True, 0
                    self._noise = self._labels = None
                case Stop():
                    self._job = None
                case SetPlaying(playing):
                    self._playing, self._single_steps = playing, 0
                case StepOnce():
                    self._single_steps += 1
                case SetSpeed(speed):
                    self._speed = speed
                case SetNoise(scale):
                    self._noise = scale
                    return  # nobody waits for it
                case SetLabels(settings):
                    self._labels = settings
                    return
            self._changed.notify_all()

    def close(self) -> None:
        """Let the thread end after the step under way; return at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for the thread; return whether it is gone."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # In the thread.

    def _main(self) -> None:
        taken = 0
        while (job := self._next_job(taken)) is not None:
            taken = job.run
            try:
                self._sample(job)
            except (Exception, KeyboardInterrupt) as error:  # Ctrl+C is for the main thread
                self._post(SamplingFailed(taken, failure_text(error), not self._stepped))

    def _next_job(self, taken: int) -> JobRun | None:
        """Wait for a run later than ``taken``; return it, or None to end."""
        with self._changed:
            while not self._closed:
                if self._job is not None and self._job.run > taken:
                    return self._job
                self._changed.wait()
            return None

    def _sample(self, job: JobRun) -> None:
        """Drive one job to its end or until it is replaced."""
        meter, pacer = Meter(), Pacer()
        phase: Phase | None = None
        try:
            self._load(job)
            self._post(SamplingStarted(job.run))
            meter.resume(self._clock())
            while self._may_step(job, meter, pacer):
                index = job.next_lane()
                lane = job.lanes[index]
                noise, labels = self._dials()
                step = lane.advance(noise, self._clock, labels)
                self._stepped = True
                meter.stepped(self._clock())
                rate, elapsed = meter.rate, meter.elapsed
                done = lane.evaluations, lane.seconds
                self._sink.add_steps((LaneStep(job.run, index, step, *done, rate, elapsed),))
                if index == 0 and step.phase.follows(phase):
                    phase = step.phase
                    self._post(PhaseEntered(job.run, phase))
                if lane.finished:
                    self._post(LaneFinished(job.run, index, lane.seconds))
                if not job.waiting:
                    self._post(SamplingFinished(job.run, meter.elapsed))
                    return
        finally:
            for lane in job.lanes:
                lane.close()

    def _load(self, job: JobRun) -> None:
        """Open every lane with its network; each is loaded when a lane needs it first.

        A lane that wants the newest weights has them loaded again once their file is another.
        """
        reported = set()
        for lane in job.lanes:
            weights = lane.lane.weights
            network = self._networks.get(weights)
            version = version_of(weights) if network is None or lane.lane.newest else None
            if network is None or (lane.lane.newest and version != network.source.version):
                self._post(LossesRead(job.run, weights, losses_of(weights)))
                network = Network.of(self._open_pipeline(weights), version, self.cached)
                self._networks[weights] = network
            if weights not in reported:
                reported.add(weights)
                phases = network.phases(lane.lane.spec)
                self._post(WeightsLoaded(job.run, weights, network.source, phases))
                self._tell_fallback(job.run, network.pipeline)
            lane.open(network.pipeline)

    def _tell_fallback(self, run: int, pipeline: PipelineLike) -> None:
        """Report once what the network isn't computed with, and why."""
        notice = getattr(pipeline, "notice", "")
        if notice and not self._told_fallback:
            self._told_fallback = True
            self._post(BackendReplaced(run, notice))

    def _dials(self) -> tuple[float | None, LabelSettings | None]:
        with self._changed:
            return self._noise, self._labels

    def _may_step(self, job: JobRun, meter: Meter, pacer: Pacer) -> bool:
        """Wait until the next step is wanted; False if it never will be."""
        with self._changed:
            while True:
                if self._closed or job is not self._job:
                    return False
                now = self._clock()
                if self._playing:
                    pace = None if self._speed is None else self._speed * job.waiting
                    delay = pacer.delay(now, pace)
                    if delay <= 0.0:
                        pacer.stepped(now, pace)
                        return True
                    self._sink.flush()
                    self._changed.wait(delay)
                    continue
                if self._single_steps > 0:
                    self._single_steps -= 1
                    meter.resume(now)
                    return True
                self._sink.flush()
                self._changed.wait()
                pacer.restart()
                meter.resume(self._clock())

    def _post(self, event: SamplingEvent) -> None:
        if not self._sink.post(event):
            with self._changed:
                self._closed = True
