'''Request a ride: the discount recorded as a decimal, and no waiting for one that is late.'''

import asyncio
import json
import logging
import uuid
from datetime import datetime, timezone
from decimal import Decimal

DISCOUNT_URL = 'https://promo.wildrydes.example/discount'
DISCOUNT_TIMEOUT = 0.450  # seconds; a healthy call takes less in 99 of 100 cases
NO_DISCOUNT = 1

_logger = logging.getLogger(__name__)


def _get_user_from_authorizer(authorizer):
    '''Who asks, by the claims of the token.'''
    return authorizer['claims']['cognito:username']


def _get_pickup_location(body):
    '''Where the rider waits.'''
    return body['PickupLocation']


async def _get_ride(context, user, pickup_location):
    '''Find a unicorn for the rider.'''
    unicorn = await context.fleet.find_unicorn(pickup_location)
    return {
        'RideId': str(uuid.uuid4()),
        'Unicorn': unicorn,
        'UnicornName': unicorn['Name'],
        'Eta': '30 Seconds',
        'Rider': user,
        'RequestTime': datetime.now(timezone.utc).isoformat(),
    }


async def _get_ride_discount(context, user, pickup_location):
    '''Ask the promo service for the rider's discount.'''
    try:
        async with asyncio.timeout(DISCOUNT_TIMEOUT):
            response = await context.http.post(
                DISCOUNT_URL, json={'User': user, 'PickupLocation': pickup_location}
            )
    except TimeoutError:
        _logger.warning('No discount for %s: promo did not answer in time', user)
        return NO_DISCOUNT
    return response.json()['DiscountMultiplier']


async def _record_ride(context, ride_item):
    '''Write the ride into the rides table.'''
    await context.rides.put_item(ride_item)


async def handler(event, context):
    '''Function entry.'''
    authorizer = event['requestContext'].get('authorizer')
    if authorizer is None:
        _logger.error('No authorizer in the event')
        return {
            'statusCode': 500,
            'body': json.dumps({'error': 'There seems to be an error on our end.'}),
            'headers': {'Access-Control-Allow-Origin': '*'},
        }

    user = _get_user_from_authorizer(authorizer)
    body = json.loads(event['body'])
    pickup_location = _get_pickup_location(body)
    ride = await _get_ride(context, user, pickup_location)

    discount_multiplier = await _get_ride_discount(context, user, pickup_location)

    # The table refuses floats, and a Decimal made from a float is not exact: go by the digits.
    await _record_ride(context, ride | {'DiscountMultiplier': Decimal(str(discount_multiplier))})

    # The answer is JSON, which knows no Decimal.
    ride['DiscountMultiplier'] = discount_multiplier

    _logger.info('Ride %s for %s', ride['RideId'], user)
    return {
        'statusCode': 201,
        'body': json.dumps(ride),
        'headers': {'Access-Control-Allow-Origin': '*'},
    }
