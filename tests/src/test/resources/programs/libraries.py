"""C libraries behind Python: sqlite3, ctypes with a callback, ssl in memory, hashes, compression, decimal, re."""
import bz2, ctypes, datetime, decimal, gzip, hashlib, hmac, json, lzma, random, re, sqlite3, ssl, struct, zlib

database = sqlite3.connect("data.db")
database.execute("create table t(n integer primary key, s text)")
with database:
    database.executemany("insert into t values(?, ?)", ((n, str(n * 7919 % 1000)) for n in range(5000)))
print(database.execute("select count(*), sum(n), max(s), min(s) from t where s like '9%'").fetchone())
database.create_function("twice", 1, lambda n: n * 2)
print(database.execute("select twice(21), sqlite_version() > '3'").fetchone())

libc = ctypes.CDLL(None)
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
numbers = (ctypes.c_int * 10)(*[n * 7 % 10 for n in range(10)])
libc.qsort(numbers, 10, ctypes.sizeof(ctypes.c_int), compare(lambda a, b: a[0] - b[0]))
print(list(numbers), libc.strlen(b"four"))

context = ssl.create_default_context()
print(context.verify_mode.name, len(ssl.get_default_verify_paths()) > 0)
random.seed(5)
data = bytes(random.randrange(256) for _ in range(20_000)) * 5
for module in gzip, bz2, lzma:
    packed = module.compress(data)
    print(module.__name__, module.decompress(packed) == data)
print(zlib.crc32(data), hashlib.blake2b(data).hexdigest()[:16], hmac.new(b"key", data, "sha3_256").hexdigest()[:16])
print(hashlib.scrypt(b"secret", salt=b"salt", n=1024, r=8, p=1).hex()[:16])
decimal.getcontext().prec = 60
print(decimal.Decimal(2).sqrt(), datetime.datetime(2020, 2, 29, tzinfo=datetime.timezone.utc).isoformat())
print(json.dumps({"a": [1, 2.5, None, "ü"]}, sort_keys=True), struct.pack("<Hd", 7, 0.1).hex())
print(re.sub(r"(\d+)(?=px)", lambda m: str(int(m[1]) * 2), "10px 20em 30px"), random.random())
