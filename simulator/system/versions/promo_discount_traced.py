'''Tell what discount a rider gets: with trace marks and nothing else changed.'''

import asyncio
import json
import logging
import random

_logger = logging.getLogger(__name__)


async def _look_up_campaigns():
    '''Find the campaigns that run today.'''
    if random.randint(1, 10) > 8:
        await asyncio.sleep((100 - random.randint(5, 20)) / 100)


def _get_multiplier():
    '''One rider in ten gets 5 to 20 % off.'''
    if random.randint(1, 10) > 9:
        return (100 - random.randint(5, 20)) / 100
    return 1


async def handler(event, context):
    '''Function entry.'''
    with context.mark('look_up_campaigns'):
        await _look_up_campaigns()

    with context.mark('get_multiplier'):
        multiplier = _get_multiplier()

    _logger.info('Multiplier %s', multiplier)
    return {'statusCode': 200, 'body': json.dumps({'DiscountMultiplier': multiplier})}
