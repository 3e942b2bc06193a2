"""An asyncio echo server and fifty clients in one loop, over IPv4, IPv6 and a unix socket; then a timeout."""
import asyncio, socket

async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()

async def client(number, opened):
    reader, writer = await opened
    answers = []
    for turn in range(3):
        writer.write(b"client %d turn %d\n" % (number, turn))
        answers.append((await reader.readline()).decode().strip())
    writer.close()
    await writer.wait_closed()
    return answers

async def main():
    for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
        try:
            server = await asyncio.start_server(serve, host, 0, family=family)
        except OSError as e:
            print(host, "is not there:", e.strerror)
            continue
        port = server.sockets[0].getsockname()[1]
        for answers in await asyncio.gather(*(client(n, asyncio.open_connection(host, port)) for n in range(50))):
            print(answers)
        server.close()
        await server.wait_closed()
    server = await asyncio.start_unix_server(serve, "echo.socket")
    print(await asyncio.gather(*(client(n, asyncio.open_unix_connection("echo.socket")) for n in range(5))))
    server.close()
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.05)
    except asyncio.TimeoutError:
        print("timed out")

asyncio.run(main())
