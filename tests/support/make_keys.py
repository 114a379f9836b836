#!/usr/bin/env python3
"""make_keys.py FOLDER: what a broker that lets no stranger in, and its clients, have of keys; made anew for each test.

    ca.pem                          who signed the certificates
    server.pem                      key and certificate of 127.0.0.1
    client.pem, client.key          certificate of the user `tocsin`, and its key under the pass phrase of client.pass
    jwks.json, token                a token (JWT, RS256) of the user `tocsin` for an hour, and the key that proves it
"""
import base64
import json
import pathlib
import secrets
import subprocess
import sys
import time

USER = "tocsin"
ISSUER, AUDIENCE = "https://issuer.example", "kafka"


def openssl(*arguments, **more):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"openssl {arguments[0]}: {done.stderr.decode()}")
    return done.stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def main():
    folder = pathlib.Path(sys.argv[1])
    phrase = "pass-phrase-canary-" + secrets.token_hex(8)
    (folder / "client.pass").write_text(phrase)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test CA",
            "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    for name, subject, more in (("server", "127.0.0.1", "subjectAltName=IP:127.0.0.1"), ("client", USER, "extendedKeyUsage=clientAuth")):
        key, request, extensions = folder / f"{name}.plain", folder / f"{name}.csr", folder / f"{name}.ext"
        extensions.write_text(more)
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={subject}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", extensions, "-out", folder / f"{name}.crt")
    (folder / "server.pem").write_text((folder / "server.plain").read_text() + (folder / "server.crt").read_text())
    (folder / "client.crt").rename(folder / "client.pem")
    openssl("pkcs8", "-topk8", "-in", folder / "client.plain", "-out", folder / "client.key", "-passout", f"pass:{phrase}")

    signer = folder / "signer.key"
    openssl("genrsa", "-out", signer, "2048")
    modulus = bytes.fromhex(openssl("rsa", "-in", signer, "-noout", "-modulus").decode().strip().partition("=")[2])
    (folder / "jwks.json").write_text(json.dumps({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1",
                                                            "n": base64url(modulus), "e": "AQAB"}]}))
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": USER, "scope": "wire", "iat": now, "exp": now + 3600}
    head = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": "k1"}, claims))
    (folder / "token").write_text(head + "." + base64url(openssl("dgst", "-sha256", "-sign", signer, input=head.encode())))


if __name__ == "__main__":
    main()
