//! HTTPS, as a client meets it that trusts the simulator's certificate, or does not.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{connect, exchange, start};
use crate::simulator::{Options, Simulator};

async fn secure() -> Simulator {
    Simulator::start(Options {
        https: true,
        ..Options::default()
    })
    .await
    .unwrap()
}

async fn trusting(
    trusted: &Simulator,
    asked: &Simulator,
    name: &'static str,
) -> io::Result<TlsStream<TcpStream>> {
    let certificate = CertificateDer::from(trusted.certificate().unwrap().to_vec());
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from(name).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, connect(asked).await)
        .await
}

#[tokio::test]
async fn the_sites_names_are_served_over_tls() {
    let simulator = secure().await;
    assert_eq!(
        simulator.url(),
        format!("https://127.0.0.1:{}", simulator.port())
    );
    for name in [
        "www.tiktok.com",
        "tiktok.com",
        "m.tiktok.com",
        "p16.tiktokcdn.com",
        "localhost",
        "127.0.0.1",
    ] {
        let stream = trusting(&simulator, &simulator, name).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let host = format!("Host: {name}\r\n");
        let answer = exchange(stream, "GET /tag/t5", &host).await.unwrap();
        assert_eq!(answer.status, 200, "{name}");
    }
    assert_eq!(simulator.stats()["hosts"]["www.tiktok.com"], 1);
}

#[tokio::test]
async fn other_names_and_other_certificates_are_not_trusted() {
    let (one, two) = (secure().await, secure().await);
    assert!(trusting(&one, &one, "example.com").await.is_err());
    assert!(trusting(&two, &one, "www.tiktok.com").await.is_err());
    assert_ne!(one.spki_pin(), two.spki_pin());
    assert_eq!(start().await.spki_pin(), None);
}

#[tokio::test]
async fn the_pin_is_of_the_certificates_public_key() {
    /// How the SubjectPublicKeyInfo of a key on P-256 begins; it has 91 bytes.
    const HEAD: &[u8] = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    let simulator = secure().await;
    let certificate = simulator.certificate().unwrap();
    let key = certificate
        .windows(91)
        .find(|window| window.starts_with(HEAD))
        .unwrap();
    let sum = ring::digest::digest(&ring::digest::SHA256, key);
    assert_eq!(simulator.spki_pin(), Some(&*STANDARD.encode(sum)));
}
