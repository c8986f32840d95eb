//! A client that nobody here wrote, `reqwless`, over the sockets of a BG95.

use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use reqwless::client::HttpClient;
use reqwless::request::Method;
use wanlink_core::{Module, Network};
use wanlink_emulator::PortOptions;
use wanlink_scene::bench::crumbs;
use wanlink_transports::shared::Shared;

use crate::internet::{HTTP, page, run};

#[test]
fn a_client_of_the_ecosystem_fetches_a_page_by_its_name() {
    for port in [PortOptions::default(), crumbs()] {
        run(1, port, async |mut modem, scene| {
            modem.start().await.unwrap();
            modem.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
            let mut shared: Shared<NoopRawMutex, _> = Shared::new(modem);
            let (shared, mut runner) = shared.split();
            let work = async {
                let mut client = HttpClient::new(shared, shared);
                let mut buffer = [0; 6000];
                for _ in 0..3 {
                    let mut request = client.request(Method::GET, "http://www.example.com/page?n=1").await.unwrap();
                    let response = request.send(&mut buffer).await.unwrap();
                    assert!(response.status.is_successful());
                    let body = response.body().read_to_end().await.unwrap();
                    assert_eq!(std::str::from_utf8(body), Ok(&*page()));
                }
            };
            let Either::Second(()) = select(runner.run(), work).await;
            let scene = scene.borrow();
            let requests = scene.servers.received_at(HTTP).map(|request| std::str::from_utf8(request).unwrap());
            let requests: Vec<_> = requests.flat_map(|text| text.split_terminator("\r\n\r\n")).collect();
            assert_eq!(requests.len(), 3);
            assert!(requests.iter().all(|request| {
                request.starts_with("GET /page?n=1 HTTP/1.1\r\n") && request.contains("Host: www.example.com")
            }));
        });
    }
}
