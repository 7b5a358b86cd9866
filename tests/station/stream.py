"""A client of the stream of changes, over the control socket."""
import collections
import json
import threading

from conftest import SocketConnection, await_true

Message = collections.namedtuple('Message', 'id kind data')


def number_of(id_of_message):
    return int(id_of_message.partition('-')[2])


class Follower:
    """Follows the stream in a thread; .messages grows."""

    def __init__(self, made, query='', last=None):
        self.connection = SocketConnection(made.socket)
        self.connection.request('GET', f'/api/v1/stream{query}', headers={'Last-Event-ID': last} if last else {})
        self.answer = self.connection.getresponse()
        self.socket = self.answer.fp.raw._sock if self.answer.status == 200 else None
        self.messages = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        if self.socket is not None:
            self.thread.start()

    def read(self):
        fields = {}
        try:
            for line in self.answer:
                name, _, value = line.decode().rstrip('\n').partition(': ')
                if name:
                    fields[name] = value
                elif 'event' in fields:
                    self.messages.append(Message(fields.get('id'), fields['event'], json.loads(fields['data'])))
                    fields = {}
                else:
                    fields = {}
        except (OSError, ValueError, AttributeError):
            pass  # it was closed

    def of(self, kind):
        return [m.data for m in list(self.messages) if m.kind == kind]

    def numbers(self):
        """Of all messages in the order they came, but beats, which repeat the last."""
        return [number_of(m.id) for m in list(self.messages) if m.id and m.kind != 'beat']

    def last_id(self):
        return [m.id for m in self.messages if m.id][-1]

    def await_message(self, kind, fits, limit_s=20):
        """The first message of a kind that fits."""
        return await_true(lambda: next((d for d in self.of(kind) if fits(d)), None), limit_s,
                          f'{kind}; seen {collections.Counter(m.kind for m in self.messages)} {self.of(kind)[-2:]}')

    def close(self):
        try:
            self.socket.shutdown(2)
        except OSError:
            pass
        self.thread.join(10)
        self.connection.close()
