"""A private authority and a certificate for localhost: msal refuses plain http."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = timedelta(days=30)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: str, key: Key, life: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, now + life) - timedelta(days=1))
        .not_valid_after(now + life)
    )


def pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@lru_cache(maxsize=1)
def _authority() -> tuple[bytes, bytes]:
    """Authority certificate, and the server's key and chain, as PEM; made once per process."""
    ca, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(ca.public_key())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    root = (
        _builder("Sandbox Root", "Sandbox Root", ca, LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(identifier, critical=False)
        .sign(ca, hashes.SHA256())
    )
    hosts: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    leaf = (
        _builder("localhost", "Sandbox Root", server, LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(ca, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    return root.public_bytes(encoding), pem(server) + leaf.public_bytes(encoding)


def write_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Write the authority's certificate; gives its path and the server's side of TLS."""
    root, chain = _authority()
    ca_file, server_file = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(root)
    server_file.touch(mode=0o600)
    server_file.write_bytes(chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(server_file)
    return ca_file, context


@lru_cache(maxsize=1)
def client_key() -> rsa.RSAPrivateKey:
    """The application's key; one per process, since making one is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def client_certificate(life: timedelta = LIFE) -> x509.Certificate:
    """A self-signed certificate of the application; a negative life gives an expired one."""
    key = client_key()
    return _builder("Calendar Guardian", "Calendar Guardian", key, life).sign(key, hashes.SHA256())
