//! Many clients at once, each with a conversation of its own.

use std::io::{Read, Write};
use std::thread;

use super::server::{Server, on_stdio, refusal, wait_until};

const CONFIG: &str = "configs/least-connections.yaml";

/// What one of several clients says: changes, requests that stay open, errors and lines of every kind.
fn script(client: usize) -> String {
    let names = ["a", "b", "c", "d", "e", "f"];
    let algorithms = [
        "ketama",
        "least-connections",
        "round-robin",
        "random",
        "maglev",
    ];
    let mut lines = vec![
        r#"{"type":"http_request","msg_id":1,"client_id":"before any init"}"#.to_owned(),
        format!(
            r#"{{"src":"c{client}","dest":"lb","body":{{"type":"init","msg_id":2,"backends":{:?},"algorithm":"{}"}}}}"#,
            &names[..3 + client % 4],
            algorithms[client % algorithms.len()],
        ),
    ];
    for number in 3..400 {
        let key = number * (client + 1);
        lines.push(match (number + client) % 9 {
            0 => format!(
                r#"{{"type":"request_complete","msg_id":{number},"request":{}}}"#,
                number - 2
            ),
            1 => format!(
                r#"{{"type":"http_request","msg_id":{number},"algorithm":"least-connections"}}"#
            ),
            2 => format!(
                r#"{{"type":"set_weight","msg_id":{number},"backend":"a","weight":{}}}"#,
                1 + key % 5
            ),
            3 => format!(r#"{{"type":"nothing","msg_id":{number}}}"#),
            4 => "   \r".to_owned(),
            5 => format!(r#"{{"type":"http_request","msg_id":{number}"#),
            6 => format!(r#"{{"type":"send_requests","msg_id":{number},"count":{key}}}"#),
            _ => {
                format!(r#"{{"type":"http_request","msg_id":{number},"client_id":"client-{key}"}}"#)
            }
        });
    }
    // The last line has no end.
    lines.join("\n")
}

#[test]
fn answers_are_those_of_stdio() {
    let server = Server::start(&[]);
    thread::scope(|scope| {
        for number in 0..10 {
            let client = server.connect();
            scope.spawn(move || {
                let script = script(number);
                let answers = client.converse(script.as_bytes(), 1 + number * 37);
                assert_eq!(answers, on_stdio(&[], script.as_bytes()), "client {number}");
            });
        }
    });
}

/// What was loaded is copied for each client, and a copy must begin as the original does.
#[test]
fn every_conversation_begins_with_the_config() {
    let mut request = String::new();
    for number in 0..60 {
        request += &format!(
            "{{\"type\":\"http_request\",\"msg_id\":{number},\"client_id\":\"c{number}\"}}\n"
        );
    }
    let configs = std::fs::read_dir("configs").unwrap();
    let configs = configs.map(|entry| entry.unwrap().path());
    let configs: Vec<_> = configs
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    assert!(configs.len() > 20, "{}", configs.len());
    for config in &configs {
        let arguments = [config.to_str().unwrap()];
        let expected = on_stdio(&arguments, request.as_bytes());
        let server = Server::start(&arguments);
        for _ in 0..2 {
            let answers = server.connect().converse(request.as_bytes(), 1000);
            assert_eq!(answers, expected, "{}", config.display());
        }
    }
}

#[test]
fn further_clients_are_told_that_there_are_too_many() {
    let server = Server::start(&["--max-clients", "2", CONFIG]);
    let mut clients = [server.connect(), server.connect()];
    for client in &mut clients {
        client.reach(r#"{"type":"http_request"}"#);
    }
    for _ in 0..20 {
        let mut third = server.connect();
        // It may have been closed before this arrives.
        let _ = third
            .0
            .get_mut()
            .write_all(b"{\"type\":\"http_request\"}\n");
        assert_eq!(
            third.line(),
            r#"{"type": "error", "code": 11, "text": "the limit of 2 clients is reached; try again later"}"#
        );
        assert!(!matches!(third.0.read(&mut [0]), Ok(1..)));
    }
    drop(clients);
    wait_until("a place becomes free", || {
        let answer = server.connect().ask(r#"{"type":"http_request"}"#);
        answer.contains("http_response")
    });
}

#[test]
fn clients_that_break_off_disturb_no_other() {
    let server = Server::start(&[CONFIG]);
    let mut other = server.connect();
    for length in [1, 20, 100] {
        let mut client = server.connect();
        let line = r#"{"type":"http_request","msg_id":1,"client_id":"alice"}"#;
        client.send(&format!("{line}\n{}", &line[..length.min(line.len() - 1)]));
        drop(client);
        // Answers that are never read reset the connection.
        let mut client = server.connect();
        client.send(&format!("{line}\n").repeat(1000));
        drop(client);
        other.reach(r#"{"type":"http_request"}"#);
    }
}

#[test]
fn a_client_that_does_not_read_waits_alone() {
    let server = Server::start(&[CONFIG]);
    let mut other = server.connect();
    let mut slow = server.connect();
    let lines = "{\"type\":\"http_request\",\"client_id\":\"alice\",\"algorithm\":\"ketama\"}\n"
        .repeat(1000);
    let blocked = slow.fill(&lines);
    // The server takes a bounded number of bytes before the client must read: it does not store answers.
    assert!(blocked < 200 << 20, "{blocked} bytes were taken");
    other.reach(r#"{"type":"http_request"}"#);
    for _ in 0..blocked / lines.len() * 1000 {
        let answer = slow.line();
        assert!(answer.contains("http_response"), "{answer}");
    }
}

#[test]
fn long_lines_are_skipped_at_sockets_too() {
    let server = Server::start(&["--max-line-bytes", "100"]);
    let input = format!(
        "{}\nx\n{}\n{}",
        "y".repeat(300_000),
        "z".repeat(101),
        "y".repeat(200)
    );
    let answers = server.connect().converse(input.as_bytes(), 4096);
    assert_eq!(
        answers,
        on_stdio(&["--max-line-bytes", "100"], input.as_bytes())
    );
    assert_eq!(answers.matches("longer than 100 bytes").count(), 3);
}

#[test]
fn only_this_machine_is_listened_to_unless_permitted() {
    for remote in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = refusal(&["--listen", remote]);
        assert!(
            error.contains(remote) && error.contains("--allow-remote"),
            "{error}"
        );
    }
    for (address, what) in [
        ("7000", "expected `unix:PATH` or `HOST:PORT`"),
        ("127.0.0.1:x", "`x` is not a port"),
    ] {
        let error = refusal(&["--listen", address]);
        assert!(error.contains(what), "{error}");
    }
    let error = refusal(&["--shared"]);
    assert!(error.contains("--listen"), "{error}");

    let server = Server::start(&["--listen", "localhost:0"]);
    assert!(std::net::TcpStream::connect(&*server.addresses[1]).is_ok());
    let server = Server::start(&["--listen", "0.0.0.0:0", "--allow-remote"]);
    assert!(
        server.addresses[1].starts_with("0.0.0.0:"),
        "{:?}",
        server.addresses
    );
}

#[test]
fn a_port_in_use_is_refused() {
    let server = Server::start(&[]);
    let error = refusal(&["--listen", &server.addresses[0]]);
    assert!(
        error.contains(&format!("cannot listen at `{}`", server.addresses[0])),
        "{error}"
    );
}
