//! What would move fewer keys.

use serde_json::Value;

use super::support::{Folder, KEYS, close, figure, plan};

/// The first advice of a plan, and its share.
fn advised(plan: &Value) -> (&str, f64) {
    let advice = &plan["advice"][0];
    (
        advice["what"].as_str().unwrap(),
        figure(advice, "remap_ratio"),
    )
}

#[test]
fn clients_are_advised_the_setting_that_makes_them_agree() {
    let folder = Folder::new();
    let servers = ["'10.0.0.1:11211'", "'10.0.0.2:11211'", "'10.0.0.3:11211'"];
    let pylibmc = folder.config("pylibmc.yaml", "libmemcached-ketama-weighted", &servers);
    for (algorithm, setting) in [
        ("npm-hashring", "{ default_port: 11211 }"),
        ("spymemcached-ketama", "{ format: libmemcached }"),
        ("twemproxy-ketama", "{ hash: md5 }"),
        ("xmemcached-ketama", "{ label: cwNginxUpstreamConsistent }"),
        (
            "libmemcached-ketama",
            "`algorithm: libmemcached-ketama-weighted`",
        ),
    ] {
        let after = folder.config("after.yaml", algorithm, &servers);
        let plan = plan(&[&[&*pylibmc, &*after][..], &KEYS].concat());
        assert!(figure(&plan, "remap_ratio") > 0.5, "{algorithm}");
        let (what, share) = advised(&plan);
        assert!(what.contains(setting) && share == 0., "{algorithm}: {what}");
    }
    let after = folder.config("after.yaml", "nginx-hash", &servers);
    let hopeless = plan(&[&[&*pylibmc, &*after][..], &KEYS].concat());
    let (what, share) = advised(&hopeless);
    assert!(what.contains("No setting") && close(share, figure(&hopeless, "remap_ratio")));
}

#[test]
fn servers_in_the_middle_are_advised_their_ids() {
    let folder = Folder::new();
    let before = folder.config(
        "before.yaml",
        "haproxy-hash-consistent",
        &["a", "b", "c", "d"],
    );
    let removed = plan(&[&[&*before, "--remove", "b"][..], &KEYS].concat());
    let (what, share) = advised(&removed);
    assert!(what.contains("a 1, c 3, d 4"), "{what}");
    let ids = [
        "{name: a, attributes: {id: 1}}",
        "{name: c, attributes: {id: 3}}",
        "{name: d, attributes: {id: 4}}",
    ];
    let after = folder.config("after.yaml", "haproxy-hash-consistent", &ids);
    let with_ids = plan(&[&[&*before, &*after][..], &KEYS].concat());
    assert!(close(figure(&with_ids, "remap_ratio"), share) && with_ids["excess_remap"] == 0.);
}

#[test]
fn other_causes_are_told_with_what_they_cost() {
    let folder = Folder::new();
    let modulo = folder.config("modulo.yaml", "modulo", &["a", "b", "c"]);
    let removed = plan(&[&[&*modulo, "--remove", "a"][..], &KEYS].concat());
    let (what, share) = advised(&removed);
    assert!(what.contains("With rendezvous") && share < 0.4, "{what}");
    let with_ports = folder.config("ports.yaml", "libketama", &["'h1:11211'", "'h2:11211'"]);
    let without = folder.config("hosts.yaml", "libketama", &["h1", "h2"]);
    let renamed = plan(&[&[&*with_ports, &*without][..], &KEYS].concat());
    assert_eq!(renamed["remap_ratio"], 1.);
    let (what, share) = advised(&renamed);
    assert!(what.contains("matched by name") && share < 0.9, "{what}");
    let others = folder.config("others.yaml", "libketama", &["x1", "x2"]);
    let renamed = plan(&[&[&*without, &*others][..], &KEYS].concat());
    let (what, share) = advised(&renamed);
    assert!(
        what.contains("at the same position in the list") && share < 0.9,
        "{what}"
    );
    let ketama = folder.config("ketama.yaml", "ketama", &["a", "b", "c"]);
    let grown = plan(&[&[&*ketama, "--add", "d:2"][..], &KEYS].concat());
    let (what, share) = advised(&grown);
    assert!(what.contains("first d at weight 1") && share < figure(&grown, "remap_ratio"));
}

#[test]
fn what_need_not_change_is_advised_to_be_kept() {
    let folder = Folder::new();
    let seeded = |name, text: &str| folder.write(name, format!("{text}\nbackends: [a, b, c]\n"));
    let modulo = |name, order: &[&str]| folder.config(name, "nginx-hash", order);
    for (before, after, kept) in [
        (
            seeded("one.yaml", "seed: 1"),
            seeded("two.yaml", "hash: xxh3"),
            "`seed: 1`",
        ),
        (
            modulo("abc.yaml", &["a", "b", "c"]),
            modulo("cba.yaml", &["c", "b", "a"]),
            "in their old order",
        ),
    ] {
        let plan = plan(&[&[&*before, &*after][..], &KEYS].concat());
        assert!(figure(&plan, "excess_remap") > 0.5);
        let (what, share) = advised(&plan);
        assert!(what.contains(kept) && share == 0., "{what}");
    }
}
