//! Pools of twemproxy.

use evenkeel::exchange::Program;
use evenkeel_algorithms::Backend;

use super::support::{are_refused, exported, imported};

#[test]
fn what_twemproxy_has_and_we_have_not_is_named_with_its_line() {
    let cases = [
        ("  hash: crc16\n  servers: ['10.0.0.1:1:1']", 2, "crc16"),
        (
            "  hash_tag: '{'\n  servers: ['10.0.0.1:1:1']",
            2,
            "two ASCII",
        ),
        (
            "  distribution: consistent\n  servers: ['10.0.0.1:1:1']",
            2,
            "expected ketama",
        ),
        (
            "  servers:\n  - '10.0.0.1:1:1'\n  - '10.0.0.1:1'",
            4,
            "invalid",
        ),
        ("  servers:\n  - '10.0.0.1:1:0'", 3, "weight"),
        (
            "  servers:\n  - '10.0.0.1:1:1 a'\n  - '10.0.0.2:1:1 a'",
            4,
            "used twice",
        ),
        (
            "  sharding: yes\n  servers: ['10.0.0.1:1:1']",
            2,
            "unknown setting",
        ),
    ];
    are_refused(&cases, |inner| format!("p:\n{inner}\n"));
}

#[test]
fn a_label_is_not_cut_where_a_name_is() {
    let pool = "p:\n  servers: ['127.0.0.1:1:1 a:11211', '127.0.0.1:2:1 b', '::1:3:1']\n";
    let config = imported(pool).config.unwrap();
    let names: Vec<_> = config.backends.iter().map(Backend::name).collect();
    assert_eq!(names, ["a:11211:11211", "b", "::1:3"]);
    let text = exported(&config, Program::Twemproxy).text.unwrap();
    assert!(
        text.contains("\"127.0.0.1:1:1 a:11211\"") && text.contains("\"::1:3:1 ::1:3\""),
        "{text}"
    );
}
