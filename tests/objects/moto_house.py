"""Runs in moto's own environment: an S3 that checks signatures, with a bucket and somebody who may use it.

Says on its first line, as JSON, where it is and with which keys; ends when its input does.
"""

import json
import sys

import boto3
from moto.server import ThreadedMotoServer

USER, BUCKET = "ostiary", "ostiary-media"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
there = {
    "endpoint_url": f"http://{host}:{port}",
    "region_name": "us-east-1",
    "aws_access_key_id": "nobody",
    "aws_secret_access_key": "nothing",
}
iam = boto3.client("iam", **there)
iam.create_user(UserName=USER)
key = iam.create_access_key(UserName=USER)["AccessKey"]
iam.put_user_policy(UserName=USER, PolicyName="all", PolicyDocument=json.dumps(POLICY))
boto3.client("s3", **there).create_bucket(Bucket=BUCKET)
told = {"url": f"http://{host}:{port}/{BUCKET}/media", "key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
sys.stdout.write(json.dumps(told) + "\n")
sys.stdout.flush()
sys.stdin.read()
server.stop()
