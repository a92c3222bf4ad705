//! Every lint warns where it should, with its place, and nowhere else.

use evenkeel::config::Loaded;
use evenkeel::lint::{Lint, lints};
use evenkeel_algorithms::Registry;

fn found(text: &str) -> Vec<Lint> {
    lints(&Loaded::parse(text.to_owned(), Registry::builtin()).unwrap()).unwrap()
}

/// The places of the lints with a code.
fn places(text: &str, code: &str) -> Vec<Option<(usize, usize)>> {
    let found = found(text).into_iter().filter(|lint| lint.code == code);
    found.map(|lint| lint.place).collect()
}

/// A config with an algorithm and its option, and with servers.
fn config(algorithm: &str, option: &str, backends: &str) -> String {
    format!(
        "algorithm: {algorithm}\noptions:\n  {algorithm}: {{{option}}}\nbackends: [{backends}]\n"
    )
}

#[test]
fn each_lint_warns_at_its_place_and_not_without_its_cause() {
    let seven = "'a:1', 'b:1', 'c:1', 'd:1', 'e:1', 'f:1', 'g:1'";
    let six = "'a:1', 'b:1', 'c:1', 'd:1', 'e:1', 'f:1'";
    let uneven = "'a:1', {name: 'b:1', weight: 2}";
    let even = "'a:1', 'b:1'";
    for (code, place, wrong, right) in [
        (
            "crc15-on-a-ring",
            (3, 28),
            config("twemproxy-ketama", "hash: crc32", even),
            config("twemproxy-ketama", "hash: crc32a", even),
        ),
        (
            "points-lost-to-floats",
            (4, 11),
            config("npm-memcached", "", seven)
                .replace("options:\n  npm-memcached: {}\n", "seed: 1\nhash: xxh3\n"),
            config("npm-memcached", "", six).replace("options:\n  npm-memcached: {}\n", ""),
        ),
        (
            "weights-without-effect",
            (4, 41),
            config("libmemcached-modula", "", uneven),
            config("libmemcached-modula", "", even),
        ),
        (
            "weights-under-a-modulo",
            (4, 41),
            config("twemproxy-modula", "", uneven),
            config("twemproxy-ketama", "", uneven),
        ),
        (
            "memcached-port",
            (4, 12),
            config("libketama", "", "'a:11211'")
                .replace("options:\n  libketama: {}\n", "seed: 1\nhash: xxh3\n"),
            config("libmemcached-ketama", "", "'a:11211'"),
        ),
        (
            "shares-off-their-weights",
            (4, 12),
            config(
                "cilium-maglev",
                "table_size: 251",
                "'a:1', {name: 'b:1', weight: 30}",
            ),
            config(
                "cilium-maglev",
                "table_size: 251",
                "{name: 'a:1', weight: 20}, {name: 'b:1', weight: 40}",
            ),
        ),
        (
            "backends-without-a-share",
            (4, 19),
            config(
                "envoy-ring-hash",
                "minimum_ring_size: 1, maximum_ring_size: 1",
                even,
            ),
            config(
                "envoy-ring-hash",
                "minimum_ring_size: 2, maximum_ring_size: 2",
                even,
            ),
        ),
        (
            "small-table",
            (3, 24),
            config("maglev", "table_size: 199", even),
            config("maglev", "table_size: 211", even),
        ),
        (
            "address-as-identity",
            (4, 38),
            config(
                "envoy-maglev",
                "",
                "{name: 'a:1', attributes: {hostname: h}}",
            ),
            config(
                "envoy-maglev",
                "use_hostname_for_hashing: true",
                "{name: 'a:1', attributes: {hostname: h}}",
            ),
        ),
        (
            "positional-ids",
            (4, 12),
            config("haproxy-hash-consistent", "", even),
            config("haproxy-hash-consistent", "hash_key: addr", even),
        ),
        (
            "signed-characters",
            (3, 46),
            config("libmemcached-modula", "hash: md5, char: signed", even)
                .replace("md5", "fnv1_32"),
            config("libmemcached-modula", "char: unsigned", even),
        ),
        (
            "clipped-ring",
            (3, 35),
            config("grpc-ring-hash", "max_ring_size: 65536", even),
            config(
                "grpc-ring-hash",
                "max_ring_size: 65536, ring_size_cap: 65536",
                even,
            ),
        ),
    ] {
        assert_eq!(
            places(&wrong, code),
            [Some(place)],
            "{code}: {:?}",
            found(&wrong)
        );
        assert!(
            places(&right, code).is_empty(),
            "{code}: {:?}",
            found(&right)
        );
    }
}
