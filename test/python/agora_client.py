"""Agora's REST API as a stranger to keeprolling uses it: PyPI agora-rest-client. One JSON object in, one out."""

import json
import sys

import requests
from agora_rest_client.core.domain import Domain
from agora_rest_client.core.exceptions import ClientException
from agora_rest_client.services.cloud_recording.v1.mix_recording.api_start import RecordingConfig, StorageConfig
from agora_rest_client.services.cloud_recording.v1.mix_recording.api_update import (
    ClientRequest,
    RequestBodyApiUpdate,
    RequestPathParamsApiUpdate,
    ResponseApiUpdate,
)
from agora_rest_client.services.cloud_recording.v1.mix_recording.mix_recording_client import MixRecordingClient
from agora_rest_client.services.cloud_recording.v1.api_update import api_update

CNAME = 'news'
UID = '3000000001'


class Loopback(Domain):
    """Instead of Agora's hosts; the client's own would look them up for ever in a thread of its own."""

    def __init__(self, host):
        super().__init__(1)
        self._host = host

    def run(self, logger):
        self.set_logger(logger)

    def get_domain_list(self):
        return [self._host]


class Client(MixRecordingClient):
    def get_api_url(self, host, url, service_region=None):
        return 'http://%s%s' % (host, url)


def client_of(asked):
    client = Client().with_app_id(asked['appId'])
    client.with_credential_basic_auth(asked['customerId'], asked['customerSecret'])
    # Two tries of a start, one second after the first.
    return client.with_domain(Loopback(asked['host'])).with_http_retry_count(2).build()


def storage_of(asked, **more):
    keys = dict(vendor=1, region=7, bucket=asked['bucket'], accessKey='key', secretKey='secret', fileNamePrefix=['py'])
    # The client names no token among the fields of its class, and sends what is set all the same.
    return StorageConfig(**keys, **more)


def start(client, asked, resource, storage=None):
    config = RecordingConfig(channelType=0, streamTypes=2, maxIdleTime=300)
    return client.start(resource, CNAME, UID, asked['token'], storage or storage_of(asked), recording_config=config)


def told(call):
    try:
        return call().to_dict()
    except ClientException as error:
        return {'exception': type(error).__name__, 'status': error.status_code, 'code': error.error_code}


def pass_time(asked, ms):
    requests.post('http://%s/_emulator/clock' % asked['host'], json={'advanceMs': ms}).raise_for_status()


def life(client, asked):
    acquired = client.acquire(CNAME, UID, resource_expired_hour=24)
    resource = acquired.resourceId
    started = start(client, asked, resource, storage_of(asked, stsToken='first', stsExpiration=asked['expiresAt']))
    again = told(lambda: start(client, asked, resource))
    pass_time(asked, 20_000)
    queried = client.query(resource, started.sid)
    storage = storage_of(asked, stsToken='second', stsExpiration=asked['expiresAt'])
    updated = api_update(
        client,
        RequestPathParamsApiUpdate(mode='mix', resource_id=resource, sid=started.sid),
        RequestBodyApiUpdate(cname=CNAME, uid=UID, clientRequest=ClientRequest(storageConfig=storage)),
        response_obj=ResponseApiUpdate,
    )
    pass_time(asked, 20_000)
    layout = told(lambda: client.update_layout(resource, started.sid, CNAME, UID, mixed_video_layout=1))
    stopped = client.stop(resource, started.sid, CNAME, UID)
    pass_time(asked, 120_000)
    gone = told(lambda: client.query(resource, started.sid))
    return {
        'acquired': acquired.to_dict(),
        'started': started.to_dict(),
        'again': again,
        'queried': queried.to_dict(),
        'updated': updated.to_dict(),
        'layout': layout,
        'stopped': stopped.to_dict(),
        'gone': gone,
    }


def unanswered(client, asked):
    resource = client.acquire(CNAME, UID).resourceId
    return {'started': told(lambda: start(client, asked, resource))}


def empty(client, asked):
    resource = client.acquire(CNAME, UID).resourceId
    sid = start(client, asked, resource).sid
    pass_time(asked, 20_000)
    return {'stopped': told(lambda: client.stop(resource, sid, CNAME, UID))}


if __name__ == '__main__':
    wanted = json.load(sys.stdin)
    play = {'life': life, 'unanswered': unanswered, 'empty': empty}[wanted['play']]
    json.dump(play(client_of(wanted), wanted), sys.stdout)
