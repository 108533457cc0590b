"""A program in the place of espeak-ng: beeps for each text, and notes arguments and texts."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from data.files import spoken_clips


def install_engine(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return its notes."""
    notes, beep, program = folder / "notes", folder / "beep.wav", folder / "engine"
    soundfile.write(beep, np.sin(np.arange(2205) / 5), 22050, subtype="PCM_16")
    program.write_text(f'#!/bin/sh\necho "$@" "<$(cat)>" >> {notes}\ncat {beep}\n')
    program.chmod(0o755)
    patch.setattr(spoken_clips, "PROGRAM", str(program))
    return notes
