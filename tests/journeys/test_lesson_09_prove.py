"""Lesson 9, by its keys."""


async def deploy(journey, ref: str) -> None:
    """In the Code pane: go to the service, turn to the version, deploy it."""
    service, _, name = ref.partition("@")
    await journey.keys("6")
    for _ in range(2):
        for _ in range(4):
            await journey.keys("d")
            if journey.session.lab.versions[service].name == name:
                return
            await journey.keys("v")
        await journey.keys("s")
    raise AssertionError(f"{ref} could not be deployed by keys")


async def test_a_learner_mends_it_and_proves_it(journey) -> None:
    await journey.open("09-prove")
    await journey.run()
    await journey.go_on()

    await journey.answer("a")
    await deploy(journey, "request-ride@timeout")
    await journey.run()
    await journey.keys("4 G c")
    await journey.answer("a", "b")
    await journey.go_on()

    await journey.answer("a", "b")
    await journey.go_on()
    await journey.answer("b")
    await journey.go_on()

    await deploy(journey, "request-ride@launch")
    await deploy(journey, "promo-discount@fixed")
    await journey.run()
    await journey.keys("4 g m G m c")
    assert journey.session.verdict().met
    await journey.go_on()

    await journey.answer("b")
    await journey.go_on()

    await journey.run("n")
    await journey.run("n")
    await journey.answer("b")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__
