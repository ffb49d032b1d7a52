"""The shop: a visit is counted in Redis and noted in PostgreSQL."""

import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
import redis

NAME = os.environ.get("SHOP_NAME", "the shop")
CACHE = redis.Redis.from_url(os.environ["REDIS_URL"])


def query(*statements):
    """Run statements in one transaction and return the last one's first value."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def await_database():
    for _ in range(120):
        try:
            query("CREATE TABLE IF NOT EXISTS visits (id serial PRIMARY KEY, at timestamptz DEFAULT now())")
            return
        except psycopg2.OperationalError:
            time.sleep(0.5)
    raise SystemExit("no database")


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/healthz":
            self.answer(200, "well")
        elif self.path == "/":
            visits = query("INSERT INTO visits DEFAULT VALUES", "SELECT count(*) FROM visits")
            self.answer(200, {"shop": NAME, "visits": visits, "hits": CACHE.incr("hits")})
        else:
            self.answer(404, "no such page")

    def log_message(self, form, *args):
        print(form % args, flush=True)


if __name__ == "__main__":
    await_database()
    ThreadingHTTPServer(("0.0.0.0", 8000), Shop).serve_forever()
