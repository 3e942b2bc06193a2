"""Sets, gets, counts and deletes over four connections."""
import socket, sys

def talk(file, *lines, answers=1):
    file.write(b"".join(line + b"\r\n" for line in lines))
    file.flush()
    return [file.readline().strip().decode() for _ in range(answers)]

for n in range(4):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection, connection.makefile("rwb") as file:
        print(talk(file, b"set key%d 0 0 5" % n, b"hello"), talk(file, b"get key%d" % n, answers=3))
        big = bytes(range(65, 91)) * 4000
        print(talk(file, b"set big%d 0 0 %d" % (n, len(big)), big), [len(line) for line in talk(file, b"get big%d" % n, answers=3)])
        print(talk(file, b"set number 0 0 1", b"5"), talk(file, b"incr number 37"), talk(file, b"delete key%d" % n), talk(file, b"nonsense"))
