"""The code that runs: the source of a version, how it differs from what is deployed, and deploying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from lessons.actions import Deploy, ReadCode, Rollback
from tui.charts.units import counted
from tui.commands import Command, bindings
from tui.panes.base import Perform
from tui.panes.code_source import difference, numbered, offered
from tui.panes.keypane import SCROLLING, KeyPane
from tui.panes.lines import Lines
from tui.panes.run_figures import MUTED

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from simulator.deploying import Version
    from tui.view import View


class CodePane(KeyPane):
    """Source files as they are deployed: exactly the text that runs."""

    NAME = "code"
    TITLE = "Code"
    COMMANDS: ClassVar[tuple[Command, ...]] = (
        Command("next_version", ("v",), "version", "Show the next version of this service.", rank=21),
        Command("next_service", ("s",), "service", "Show the next service.", rank=26),
        Command("difference", ("D",), "diff", "Show how this differs from what is deployed, or all of it.", rank=23),
        Command("deploy", ("d",), "deploy", "Deploy the version that is shown.", rank=22),
        Command("rollback", ("u",), "roll back", "Go back to the version of this service deployed before.", rank=31),
        Command("sideways(1)", ("right",), "right", "Scroll to the right."),
        Command("sideways(-1)", ("left",), "left", "Scroll to the left."),
        *SCROLLING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    DEFAULT_CSS = """
    CodePane {
        & > Static { height: auto; }
        & > #code-text { border-top: solid $foreground 30%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._service: str | None = None
        self._names: dict[str, str] = {}
        self._diff = False
        self._posted: set[tuple[str, str]] = set()
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """What there is to choose from, and the text."""
        yield Static(id="code-head")
        yield Lines(id="code-text")

    # what is shown

    def version(self) -> Version | None:
        """The version that is shown."""
        return self._version(self.view) if self.view is not None else None

    def _version(self, view: View) -> Version:
        """The version chosen; at first what is deployed, or else the first that is listed."""
        versions = self._choice(view)
        service = versions[0].service
        deployed = view.session.lab.versions[service].name
        name = self._names.get(service, deployed)
        return next((one for one in versions if one.name == name), versions[0])

    def _choice(self, view: View) -> tuple[Version, ...]:
        """The versions of the service that is chosen."""
        services = offered(view.session)
        return services[self._service] if self._service in services else next(iter(services.values()))

    def open_target(self, run: int | None, target: int | str | None) -> None:  # noqa: ARG002 - versions belong to no run
        """Show a version by its ref."""
        service, _, name = str(target).partition("@")
        if self.view is not None and service in offered(self.view.session):
            self._service, self._diff = service, False
            self._names[service] = name
            self._chosen()

    def update_widgets(self, view: View) -> None:
        """Show the version that is chosen."""
        version = self._version(view)
        deployed = view.session.lab.versions[version.service]
        self._head(view, version, deployed)
        key = (version.ref, deployed.ref if self._diff else "", self._diff)
        if key == self._drawn:
            return
        jump, self._drawn = self._drawn[:1] != key[:1] or self._drawn[2:] != key[2:], key
        text = self.query_one("#code-text", Lines)
        text.show(self._difference(view, version, deployed) if self._diff else numbered(version.source))
        if jump:
            text.scroll_to(0, 0, animate=False)

    def _head(self, view: View, version: Version, deployed: Version) -> None:
        services = offered(view.session)
        lines = []
        if len(services) > 1:
            lines.append(_chooser("service", list(services), version.service, ""))
        names = [one.name for one in services[version.service]]
        lines.append(_chooser(version.service, names, version.name, deployed.name))
        self.query_one("#code-head", Static).update(Content("\n").join(lines))

    def _difference(self, view: View, version: Version, deployed: Version) -> list[Content]:
        if version.source == deployed.source:
            return [Content(f"{version.ref} is what is deployed: no difference.")]
        if deployed.name not in {one.name for one in offered(view.session)[version.service]}:
            return [Content(f"{deployed.ref} is deployed, and this lesson does not show it.")]
        found = difference(deployed.source, version.source)
        sizes = f"{counted(found.added, 'line')} came (+), {found.removed:,} went (-)"
        return [Content.styled(f"against {deployed.name}, which is deployed: {sizes}", "bold"), *found.lines]

    def looked_at(self, view: View) -> None:
        """Reading a version is something done: say so, once in each step for each version."""
        ref = self._version(view).ref
        key = (view.session.step.id, ref)
        if key not in self._posted:
            self._posted.add(key)
            self.post_message(Perform(ReadCode(version=ref)))

    def summary(self) -> str:
        """Say in two sentences what is shown and what is deployed."""
        if self.view is None:
            return "There is no code to show yet."
        version = self._version(self.view)
        deployed = self.view.session.lab.versions[version.service]
        names = ", ".join(one.name for one in self._choice(self.view))
        state = "which is deployed" if version.name == deployed.name else f"not deployed; {deployed.name} is"
        first = f"{version.ref}, {counted(len(version.source.splitlines()), 'line')}, {state}."
        return f"{first} Versions of {version.service} here: {names}."

    # keys

    def can_do(self, action: str) -> bool:
        """Offer only what there is to choose, to deploy, to go back to."""
        if self.view is None:
            return True
        version = self._version(self.view)
        match action:
            case "next_version":
                return len(self._choice(self.view)) > 1
            case "next_service":
                return len(offered(self.view.session)) > 1
            case "rollback":
                return len(self.view.session.lab.history(version.service)) > 1
            case _:
                return True

    def scroller(self) -> Lines:
        """The text."""
        return self.query_one("#code-text", Lines)

    def action_sideways(self, step: int) -> None:
        """Scroll sideways, by ten columns."""
        self.scroller().scroll_relative(x=10 * step, animate=False)

    def action_next_version(self) -> None:
        """Show the next version of the service."""
        if self.view is not None:
            names = [one.name for one in self._choice(self.view)]
            version = self._version(self.view)
            self._names[version.service] = names[(names.index(version.name) + 1) % len(names)]
            self._chosen()

    def action_next_service(self) -> None:
        """Show the next service."""
        if self.view is not None:
            services = list(offered(self.view.session))
            self._service = services[(services.index(self._version(self.view).service) + 1) % len(services)]
            self._chosen()

    def action_difference(self) -> None:
        """Switch between the whole text and its difference from what is deployed."""
        self._diff = not self._diff
        self.repaint()

    def action_deploy(self) -> None:
        """Deploy the version that is shown."""
        version = self.version()
        if version is None or self.view is None:
            return
        if self.view.session.lab.versions[version.service] == version:
            self.notify(f"{version.ref} is deployed already: v shows the next version", severity="warning")
        else:
            self._names[version.service] = version.name
            self.post_message(Perform(Deploy(version=version.ref)))

    def action_rollback(self) -> None:
        """Go back to the version deployed before, and show it."""
        version = self.version()
        if version is not None:
            self._names.pop(version.service, None)
            self.post_message(Perform(Rollback(service=version.service)))

    def _chosen(self) -> None:
        self.repaint()
        self.look()


def _chooser(title: str, names: list[str], chosen: str, deployed: str) -> Content:
    """Write what there is to choose from: the chosen one in brackets, the deployed one with a star."""
    parts = [Content.styled(f"{title}:", MUTED)]
    for name in names:
        text = f"{name} *deployed" if name == deployed else name
        parts.append(Content.styled(f"[{text}]", "bold") if name == chosen else Content(f" {text} "))
    if deployed and deployed not in names:
        parts.append(Content.styled(f" {deployed} *deployed, not shown here", MUTED))
    return Content(" ").join(parts)
