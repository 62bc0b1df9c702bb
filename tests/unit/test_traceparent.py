"""The trace's context travels with every call, and names the spans that the export shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from simulator.otlp import documents
from simulator.sampling import Ratio, parse_traceparent

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

TELLS = "return {'statusCode': 200, 'body': json.dumps({'told': event['headers']['traceparent']})}"
CALLS = """
with context.mark('call'):
    response = await context.http.post(PROMO)
told = {'own': event['headers']['traceparent'], 'promo': response.json()['told']}
return {'statusCode': 200, 'body': json.dumps(told)}
"""


def test_each_service_is_told_the_span_that_called_it(bench: Bench) -> None:
    bench.promo(TELLS).ride(CALLS)
    told = json.loads(bench.ask().body)
    own, promo = parse_traceparent(told["own"]), parse_traceparent(told["promo"])
    (document,) = documents(bench.data)
    spans = {}
    for resource in json.loads(document)["resourceSpans"]:
        for span in resource["scopeSpans"][0]["spans"]:
            spans[span["name"]] = span
    assert own.trace_id == promo.trace_id == spans["request"]["traceId"]
    assert own.span_id == spans["request"]["spanId"] == spans["request-ride"]["parentSpanId"]
    assert promo.span_id == spans["call"]["spanId"] == spans["promo-discount"]["parentSpanId"]
    assert own.sampled
    assert promo.sampled


def test_it_says_where_a_trace_is_not_recorded(bench: Bench) -> None:
    bench.promo(TELLS).ride(CALLS).lab.sample(Ratio(0.0))
    told = json.loads(bench.ask().body)
    assert not parse_traceparent(told["own"]).sampled
    assert not parse_traceparent(told["promo"]).sampled
