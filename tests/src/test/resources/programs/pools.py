"""multiprocessing: a pool, a queue, shared memory, a manager, locks across processes; concurrent.futures."""
import concurrent.futures, multiprocessing
from multiprocessing import shared_memory

def square(n): return n * n

def adder(counter, times):
    for _ in range(times):
        with counter.get_lock(): counter.value += 1

def writer(name, offset):
    shared = shared_memory.SharedMemory(name=name)
    shared.buf[offset] = offset + 1
    shared.close()

if __name__ == "__main__":
    with multiprocessing.Pool(3) as pool: print(pool.map(square, range(20)))
    counter = multiprocessing.Value("i", 0)
    processes = [multiprocessing.Process(target=adder, args=(counter, 200)) for _ in range(3)]
    for process in processes: process.start()
    for process in processes: process.join()
    print(counter.value, [p.exitcode for p in processes])
    shared = shared_memory.SharedMemory(create=True, size=16)
    processes = [multiprocessing.Process(target=writer, args=(shared.name, n)) for n in range(3)]
    for process in processes: process.start()
    for process in processes: process.join()
    print(bytes(shared.buf[:4]))
    shared.close(); shared.unlink()
    with concurrent.futures.ProcessPoolExecutor(2) as pool: print(sum(pool.map(square, range(50))))
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(1) as pool: print(pool.map(square, [7]))
