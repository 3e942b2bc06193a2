# openssl as a tool box: digests, ciphers, keys, a certificate, signatures; a TLS server and client.
set -eu
seq 1 5000 > data; openssl dgst -sha256 data; openssl enc -aes-256-cbc -pbkdf2 -k secret -in data -out data.enc; openssl enc -d -aes-256-cbc -pbkdf2 -k secret -in data.enc | cmp - data && echo "same again"
openssl genrsa -out key.pem 2048 2>/dev/null; openssl rsa -in key.pem -check -noout; openssl req -x509 -key key.pem -subj /CN=localhost -days 30 -out cert.pem; openssl x509 -in cert.pem -noout -subject
openssl dgst -sha256 -sign key.pem -out data.sig data; openssl rsa -in key.pem -pubout -out pub.pem 2>/dev/null; openssl dgst -sha256 -verify pub.pem -signature data.sig data
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem; openssl ec -in ec.pem -noout -text 2>/dev/null | grep -c prime256v1; openssl rand -hex 8 | wc -c
openssl s_server -accept "$1" -cert cert.pem -key key.pem -www -quiet & server=$!
for n in 1 2 3 4 5 6 7 8 9 10; do curl -sk "https://127.0.0.1:$1/" > page && break; sleep 0.2; done; grep -c '^New, TLS' page
kill $server; openssl enc -d -aes-256-cbc -pbkdf2 -k wrong -in data.enc -out nothing 2>/dev/null || exit 3
