"""What joins a session to saved progress: open a lesson where it was left, and keep what is done in it from then on.

Nothing here raises for progress that cannot be read: it is skipped, and a notice says so in one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lessons.actions import Action
    from lessons.loader import OpenCourse
    from lessons.progress import Progress
    from lessons.session import Session
    from simulator.remote import Host
    from simulator.run_data import RunData

STARTS_AGAIN = "the run that was under way starts again at 0: press r"
NEW_STARTS_AGAIN = "the run that was under way, with new requests, starts again at 0: press n"


class Standing(NamedTuple):
    """How far a lesson has come: steps done, all its steps, and the place of the one that is open, from 1.

    `total` and `place` are None for a lesson that was never opened: to count its steps it would have to be read.
    """

    done: int
    total: int | None
    place: int | None

    @property
    def begun(self) -> bool:
        """Whether it was ever opened."""
        return self.total is not None

    @property
    def finished(self) -> bool:
        """Whether all its steps are done."""
        return self.total is not None and self.done >= self.total


def standing(progress: Progress, lesson: str) -> Standing:
    """Say how far a lesson has come, without reading it."""
    steps = (progress.preference(_steps_key(progress, lesson)) or "").split()
    place = progress.place(lesson)
    if not steps or place is None:
        return Standing(0, None, None)
    done = len(progress.steps_done(lesson) & set(steps))
    return Standing(done, len(steps), steps.index(place) + 1 if place in steps else 1)


def open_session(
    course: OpenCourse, lesson: str, progress: Progress, seed: int | None = None, host: Host | None = None
) -> tuple[Session, list[str]]:
    """Open a lesson as it was left; gives the session, which keeps itself from now on, and notices for the learner.

    `seed` decides the traffic of the next runs; None: as it was, or the data folder's. `host` plays versions of the
    learner's own; without one they are played here. Raises DocumentError, UsageError for a lesson that cannot be read.
    """
    from lessons.session import Session

    entry = course.entry(lesson)
    content = course.lesson(entry.id)
    session = Session(course.scenario, content, progress.seed, host)
    notices: list[str] = []
    kept, loads = _kept(progress, entry.id, notices)
    runs = _runs(progress, entry.id, notices)
    session.replay(kept, [data for _, data in runs])
    # A load whose run was lost is as if it had not been: the same key sends the same requests once more.
    session.lab.seed = runs[-1][1].settings.seed if runs else session.seed
    began = runs[0][1].settings.seed if runs else None
    if seed is not None and seed != began:  # a lesson that began with it goes on as it was
        session.lab.seed = seed
    if loads and loads[-1][0] not in {number for number, _ in runs}:
        notices.append(NEW_STARTS_AGAIN if loads[-1][1] else STARTS_AGAIN)
    keeper = _Keeper(progress, entry.id, session)
    session.drafts |= keeper.drafts()
    session.on_kept, session.on_run, session.on_draft = keeper.keep, keeper.keep_run, keeper.keep_draft
    progress.set_preference(
        _steps_key(progress, entry.id), " ".join(step.id for step in session.lesson.steps)
    )
    progress.set_place(entry.id, session.step.id)
    return session, notices


class _Keeper:
    """Takes what a session performed and hands it to progress."""

    def __init__(self, progress: Progress, lesson: str, session: Session) -> None:
        self.progress = progress
        self.lesson = lesson
        self.session = session
        self.load: int | None = None

    def keep(self, step: str, action: Action) -> None:
        """Keep an action with all that follows from it: a step that was left is done, a draft that is deployed is none.

        A process that is killed has kept all of that or nothing: what is half kept is never made up for later.
        """
        from lessons import actions as act

        with self.progress.together():
            number = self.progress.append(self.lesson, step, act.encode(action))
            if isinstance(action, act.RunLoad):
                self.load = number
            elif isinstance(action, act.GoOn):
                self.progress.mark_done(self.lesson, step)
            elif isinstance(action, act.DeployOwn) and self._draft(action.service) == action.source:
                self.keep_draft(action.service, None)
            self.progress.set_place(self.lesson, self.session.step.id)

    def _draft(self, service: str) -> str | None:
        return self.progress.draft(f"{self.lesson}/{service}")

    def drafts(self) -> dict[str, str]:
        """Give the drafts of this attempt at the lesson; those of an attempt before it are gone."""
        found = {}
        for service in self.session.lab.versions:
            text = self._draft(service)
            if text and self.progress.place(self.lesson) is None:
                self.keep_draft(service, None)
            elif text:
                found[service] = text
        return found

    def keep_draft(self, service: str, text: str | None) -> None:
        self.progress.set_draft(f"{self.lesson}/{service}", text or "")

    def keep_run(self, data: RunData) -> None:
        """Keep a run under the number of the event that began it: so a run that has none was lost under way."""
        from simulator.errors import NotKeptError
        from simulator.storing import pack

        packed = pack(data)
        try:
            self.progress.keep_run(self.load, self.lesson, *packed)
        except NotKeptError:
            self.progress.keep_run(None, self.lesson, *packed)


def _kept(
    progress: Progress, lesson: str, notices: list[str]
) -> tuple[list[tuple[str, Action]], list[tuple[int, bool]]]:
    """Read the kept actions; gives them, and (event's number, new requests) of each load."""
    import msgspec

    from lessons import actions as act

    kept: list[tuple[str, Action]] = []
    loads: list[tuple[int, bool]] = []
    unknown = 0
    for event in progress.events(lesson):
        try:
            action = act.decode(event.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            unknown += 1
            continue
        kept.append((event.step, action))
        if isinstance(action, act.RunLoad):
            loads.append((event.number, action.new))
    if unknown:
        what = "1 action" if unknown == 1 else f"{unknown} actions"
        notices.append(f"{what} of this lesson cannot be read by this ridelab: skipped, and left in the file")
    return kept, loads


def _runs(progress: Progress, lesson: str, notices: list[str]) -> list[tuple[int, RunData]]:
    from simulator.errors import NotKeptError
    from simulator.storing import unpack

    found = []
    for header in progress.runs():
        if header.lesson != lesson:
            continue
        try:
            found.append(
                (header.id, unpack(header.settings, header.summary, progress.run_columns(header.id)))
            )
        except NotKeptError as error:
            notices.append(f"a run of this lesson is missing: {error}")
    return found


def _steps_key(progress: Progress, lesson: str) -> str:
    return f"steps/{progress.course}/{lesson}"
