"""The timesteps that a short chain visits."""

import numpy as np

from ..schedule import Schedule


def log_snr_timesteps(schedule: Schedule, num_inference_steps: int) -> list[int]:
    """Return timesteps from T to 1, evenly spaced in log-SNR as far as whole numbers allow.

    Raises:
        ValueError: if ``num_inference_steps`` is not between 1 and T.
    """
    even = schedule.timesteps(num_inference_steps)  # also checks the number
    if num_inference_steps == 1:
        return even
    alpha_bars = schedule.alpha_bars[1:]
    log_snr = np.log(alpha_bars / (1.0 - alpha_bars))  # falls with t
    wanted = np.linspace(log_snr[-1], log_snr[0], num_inference_steps)
    nearest = np.interp(wanted, log_snr[::-1], np.arange(len(log_snr), 0, -1.0))
    timesteps, upper = [], schedule.num_train_timesteps
    for index, t in enumerate(np.rint(nearest)):
        # close to t = 1 several targets may round to one timestep: keep them apart
        left = num_inference_steps - 1 - index
        timesteps.append(max(min(int(t), upper), 1 + left))
        upper = timesteps[-1] - 1
    return timesteps


def late_timesteps(schedule: Schedule, num_inference_steps: int) -> list[int]:
    """Return timesteps evenly spaced from T to half a spacing above 0.

    The last update goes to t = 0 in one jump; half a spacing keeps it shorter than the others
    without spending an evaluation where the picture is all but finished.

    Raises:
        ValueError: if ``num_inference_steps`` is not between 1 and T.
    """
    total = len(schedule.timesteps(num_inference_steps))  # checks the number
    T = schedule.num_train_timesteps
    if total == 1:
        return [T]
    last = max(1, round(T / (2 * total)))
    return [round(T - (T - last) * i / (total - 1)) for i in range(total)]


def equal_timesteps(schedule: Schedule, num_inference_steps: int) -> list[int]:
    """Return timesteps ``round(T (1 - i / n))``: T first, and equal steps down to t = 0.

    The last update goes from the last of them to t = 0 and is as long as the others.

    Raises:
        ValueError: if ``num_inference_steps`` is not between 1 and T.
    """
    total = len(schedule.timesteps(num_inference_steps))  # checks the number
    T = schedule.num_train_timesteps
    return [round(T * (total - i) / total) for i in range(total)]
