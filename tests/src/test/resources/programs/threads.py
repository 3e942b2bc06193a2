"""Twenty threads, a queue, a lock, a condition and a barrier; a timer; thread-local data."""
import queue, threading

work, done = queue.Queue(), []
lock, barrier, local = threading.Lock(), threading.Barrier(20), threading.local()

def worker(number):
    local.sum = 0
    barrier.wait()
    while (item := work.get()) is not None:
        local.sum += item * item
    with lock:
        done.append(local.sum)

threads = [threading.Thread(target=worker, args=(n,), name=f"worker {n}") for n in range(20)]
for thread in threads: thread.start()
for item in range(3000): work.put(item)
for _ in threads: work.put(None)
for thread in threads: thread.join()
print(sum(done), len(done), threading.active_count())

fired = threading.Event()
threading.Timer(0.02, fired.set).start()
print(fired.wait(10))
condition, turns = threading.Condition(), []

def player(name, other):
    for _ in range(50):
        with condition:
            condition.wait_for(lambda: not turns or turns[-1] != name)
            turns.append(name)
            condition.notify_all()

players = [threading.Thread(target=player, args=pair) for pair in (("ping", "pong"), ("pong", "ping"))]
for thread in players: thread.start()
for thread in players: thread.join()
print(len(turns), all(a != b for a, b in zip(turns, turns[1:])))
