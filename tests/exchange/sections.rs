//! Sections are chosen by name, and written alone.

use evenkeel::config::Config;
use evenkeel::exchange::Program;
use evenkeel::export::{Wiring, export};
use evenkeel::import::import;

use super::support::{config, imported, wiring};

#[test]
fn a_section_is_chosen_by_its_name_and_never_guessed() {
    let two = "upstream a {\n server a1:1;\n}\nupstream b {\n server b1:1;\n}\n";
    let fault = import(two, None, None).unwrap_err();
    assert_eq!(fault.place, Some((4, 1)));
    assert!(
        fault.what.contains("`a`, `b`") && fault.what.contains("--name"),
        "{fault}"
    );
    let chosen = import(two, None, Some("b")).unwrap().config.unwrap();
    assert_eq!(chosen.backends[0].name(), "b1:1");
    let fault = import(two, None, Some("c")).unwrap_err();
    assert!(fault.what.contains("expected one of `a`, `b`"), "{fault}");
    for nothing in ["", "a: 1", "events {}", "{", "\u{0}"] {
        assert!(import(nothing, None, None).is_err(), "{nothing}");
    }
}

/// A section alone goes into a configuration that is there, and is read as the same.
#[test]
fn a_section_can_be_written_alone() {
    for (program, algorithm, first) in [
        (Program::Nginx, "nginx-hash-consistent", "upstream pool {"),
        (Program::Haproxy, "haproxy-hash-consistent", "backend pool"),
        (Program::Envoy, "envoy-maglev", "- name: \"pool\""),
        (Program::Twemproxy, "twemproxy-ketama", "pool:"),
    ] {
        let config = config(&format!(
            "algorithm: {algorithm}\nbackends: ['10.0.0.1:80', {{name: '10.0.0.2:80', weight: 2}}]\n"
        ));
        let wiring = Wiring {
            section_only: true,
            ..wiring(&config)
        };
        let text = export(&config, program, &wiring).text.unwrap();
        assert_eq!(text.lines().nth(1), Some(first), "{text}");
        let whole = match program {
            Program::Envoy => format!("clusters:\n{text}"),
            _ => text,
        };
        let back = imported(&whole).config.unwrap();
        let print = |config: &Config| config.balancer().unwrap().fingerprint();
        assert_eq!(print(&back), print(&config), "{whole}");
    }
}
