//! How much may move.

use super::support::{Folder, KEYS, brute_force, figure, plan, refused, routed};

#[test]
fn more_than_may_move_is_a_no() {
    let folder = Folder::new();
    let config = folder.config("config.yaml", "ketama", &["a", "b", "c", "d"]);
    let limited = |most, more: &[&str]| {
        let args = [&*config, "--add", "e", "--add", "f", "--max-moved", most];
        refused(&[&args[..], &KEYS, more].concat())
    };
    let (said, code) = limited("30%", &[]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("add e, add f: ") && said.contains("allows 30%"),
        "{said}"
    );
    assert_eq!(limited("0.5", &[]), (String::new(), Some(0)));
    // Either of the steps is smaller than both.
    assert_eq!(limited("30%", &["--steps"]).1, Some(0));
    let (said, code) = limited("1%", &["--steps"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("add e: "), "{said}");
}

/// pymemcache ignores weights: a newcomer gets a fifth whatever its weight, and that is the minimum.
#[test]
fn the_minimum_is_that_of_the_algorithm() {
    let folder = Folder::new();
    let backends = ["{name: a, weight: 4}", "{name: b, weight: 2}", "c", "d"];
    let moved = |algorithm| {
        let before = folder.config(&format!("{algorithm}.yaml"), algorithm, &backends);
        plan(&[&*before, "--add", "e:4", "--keys", "100000"])
    };
    let figures = moved("pymemcache-rendezvous");
    assert!((figure(&figures, "ideal_remap") - 1. / 5.).abs() < 1e-9);
    assert!((figure(&figures, "remap_ratio") - 1. / 5.).abs() < 0.006);
    assert_eq!(figures["before"]["ignores_weights"], true);
    let remark =
        "pymemcache-rendezvous ignores weights: its expected shares are equal for all backends";
    assert_eq!(figures["caveats"][0], remark);
    let figures = moved("rendezvous");
    assert!((figure(&figures, "ideal_remap") - 1. / 3.).abs() < 1e-9);
    assert_eq!(figures["before"]["ignores_weights"], false);
    assert_eq!(figures["caveats"].as_array().unwrap().len(), 0);
}

#[test]
fn requests_are_limited_as_keys_are() {
    let folder = Folder::new();
    let (before, after) = (
        folder.config("before.yaml", "ketama", &["a", "b"]),
        folder.config("after.yaml", "ketama", &["a", "b", "c"]),
    );
    let few: String = (0..200).map(|number| format!("{number}\n")).collect();
    let keys = folder.write("few.txt", &few);
    let moved = brute_force(&before, &after, &keys);
    let busy = String::from_utf8(moved).unwrap();
    let busy = busy.split('\t').next().unwrap();
    let keys = folder.write("keys.txt", few + &format!("{busy}\n").repeat(800));
    let args = [&*before, &*after, "--keys-from", &keys];
    let figures = plan(&args);
    assert!(figure(&figures, "remap_ratio") < 0.6 && figure(&figures, "remap_requests") > 0.8);
    let (said, code) = refused(&[&args[..], &["--max-moved", "60%"]].concat());
    assert_eq!(code, Some(1));
    assert!(said.contains("of requests move"), "{said}");
}

/// 7 of 1,000 are 0.7 %, though neither number is quite the other's in binary.
#[test]
fn the_limit_itself_is_not_too_much() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "modulo", &["a"]);
    let after = folder.config("after.yaml", "modulo", &["a", "b"]);
    let all: String = (0..4_000).map(|number| format!("{number}\n")).collect();
    let keys = folder.write("all", all);
    let (moving, staying): (Vec<_>, Vec<_>) = routed(&after, &keys)
        .into_iter()
        .partition(|(_, backend)| backend == "b");
    let chosen = moving.iter().take(7).chain(staying.iter().take(993));
    let chosen: Vec<_> = chosen
        .flat_map(|(key, _)| [key, &b"\n"[..]].concat())
        .collect();
    let keys = folder.write("chosen", chosen);
    let exit = |limit| {
        let args = [&*before, &*after, "--keys-from", &keys];
        refused(&[&args[..], &["--max-moved", limit]].concat()).1
    };
    assert_eq!((exit("0.7%"), exit("0.69%")), (Some(0), Some(1)));
}
