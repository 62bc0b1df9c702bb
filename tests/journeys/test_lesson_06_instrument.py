"""Lesson 6, by its keys."""


async def deploy(journey, name: str, service: str = "ride") -> None:
    """Turn through the versions of the service that is shown until the wanted one stands there, and deploy it."""
    await journey.keys("6")
    pane = journey.lesson.query_one("#pane-code")
    for _ in range(8):
        await journey.keys("v")
        await journey.keys("d")
        if getattr(journey.session.lab.versions[service], "name", "") == name:
            return
    raise AssertionError(f"{name} was never shown: {pane.summary()}")


async def test_a_learner_finds_the_wait_with_marks(journey) -> None:
    await journey.open("06-instrument")
    await journey.keys("6")
    await journey.answer("b")
    await journey.go_on()

    await deploy(journey, "mark-ride", "request-ride")
    await journey.run()
    assert "is still under no mark" in journey.session.verdict().because
    await deploy(journey, "mark-record", "request-ride")
    await journey.run()
    assert "is still under no mark" in journey.session.verdict().because
    await deploy(journey, "mark-discount", "request-ride")
    await journey.run()
    await journey.answer("a", "b")
    await journey.go_on()

    await deploy(journey, "traced", "request-ride")
    await journey.run()
    await journey.keys("5")
    await journey.answer(journey.number("run.unmarked_share * 100"))
    await journey.go_on()

    await journey.answer("c")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__
