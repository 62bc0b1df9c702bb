"""Lesson 4, by its keys."""


async def test_a_learner_is_alerted_and_looks_behind_the_alert(journey) -> None:
    await journey.open("04-alert")
    await journey.run()
    assert journey.session.runs[-1].alerts
    await journey.go_on()

    await journey.keys("2 enter enter")
    await journey.answer("3", journey.number("run.matching"))
    await journey.go_on()

    await journey.keys("3 f enter")
    await journey.answer("a", "b", "c")
    await journey.go_on()

    await journey.keys("3 escape f f enter")
    assert not journey.session.verdict().because.startswith("no failed")
    await journey.answer(journey.number("run.slow_errors"))
    await journey.go_on()

    await journey.answer("b")
    await journey.go_on()
    assert "Home" in type(journey.app.screen).__name__
