"""Loops as pyperformance has them, each timed by itself; prints the milliseconds of all of them."""
import json, random, re, time


def nbody(steps):
    bodies = [[0.0, 0.0, 0.0, 0.1 * n, 0.2, 0.3 / (n + 1), 1.0 + n] for n in range(5)]
    for n, body in enumerate(bodies): body[0], body[1], body[2] = n * 1.5, n * n * 0.7, n * 0.3
    for _ in range(steps):
        for i, a in enumerate(bodies):
            for b in bodies[i + 1:]:
                dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
                force = 0.001 / ((dx * dx + dy * dy + dz * dz + 0.01) ** 1.5)
                a[3] -= dx * b[6] * force; a[4] -= dy * b[6] * force; a[5] -= dz * b[6] * force
                b[3] += dx * a[6] * force; b[4] += dy * a[6] * force; b[5] += dz * a[6] * force
        for body in bodies:
            body[0] += 0.001 * body[3]; body[1] += 0.001 * body[4]; body[2] += 0.001 * body[5]
    return bodies


def fannkuch(n):
    most, perm, count, r = 0, list(range(n)), [0] * n, n
    while True:
        while r != 1: count[r - 1] = r; r -= 1
        flips, p = 0, perm[:]
        while (k := p[0]): p[:k + 1] = p[k::-1]; flips += 1
        most = max(most, flips)
        while True:
            if r == n: return most
            perm.insert(r, perm.pop(0)); count[r] -= 1
            if count[r] > 0: break
            r += 1
        r += 1 if r < 1 else 0


def objects(count):
    class Node:
        def __init__(self, value, next): self.value, self.next = value, next
    head = None
    for n in range(count): head = Node(str(n), head)
    table = {}
    while head: table[head.value] = len(head.value); head = head.next
    return sum(table.values())


def texts(count):
    random.seed(1)
    rows = [{"id": n, "name": "n%d" % random.randrange(1000), "tags": ["a", "b"]} for n in range(count)]
    return len(re.findall(r'"name": "n(\d+)"', json.dumps(json.loads(json.dumps(rows)))))


def sorting(count):
    random.seed(2)
    return sorted(random.random() for _ in range(count))[count // 2]


total = 0.0
for work, size in (nbody, 4000), (fannkuch, 8), (objects, 100_000), (texts, 10_000), (sorting, 150_000):
    started = time.perf_counter()
    work(size)
    total += time.perf_counter() - started
print("%.3f" % (total * 1000))
