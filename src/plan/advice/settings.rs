//! The settings by which a program can be made to agree with another one, and the algorithms that one
//! program has to choose from.

use std::fmt::Display;

use evenkeel_algorithms::dialect::clients::{
    Crc15Options, FastOptions, HashringCompatibility, HashringOptions, JedisHash, JedisOptions,
    KetamaPoints, LibmemcachedHash, LibmemcachedOptions, PeclHash, PeclOptions, Port,
    SpymemcachedFormat, SpymemcachedOptions, TwemproxyHash, TwemproxyOptions, XmemcachedLabel,
    XmemcachedOptions,
};
use evenkeel_algorithms::{Card, Options, Registry, Section};

/// Algorithms of one program.
const PROGRAMS: &[&[&str]] = &[
    &["envoy-ring-hash", "envoy-maglev"],
    &["haproxy-hash-consistent", "haproxy-hash-map-based"],
    &[
        "libmemcached-ketama-weighted",
        "libmemcached-ketama",
        "libmemcached-modula",
    ],
    &["nginx-hash-consistent", "nginx-hash"],
    &["phpredis-consistent", "phpredis-array"],
    &["pingora-ketama", "pingora-fnv"],
    &["predis-ketama", "predis-hashring"],
    &["redis-rb-5", "redis-rb-4"],
    &["spymemcached-ketama", "spymemcached-modulo"],
    &["twemproxy-ketama", "twemproxy-modula"],
    &["uhashring-ketama", "uhashring"],
];

/// The other algorithms of the program that has this one.
pub(super) fn siblings(algorithm: &Card) -> Vec<&'static Card> {
    let program = PROGRAMS
        .iter()
        .find(|names| names.contains(&algorithm.name));
    let names = program.into_iter().flat_map(|names| names.iter());
    let others = names.filter(|name| **name != algorithm.name);
    others
        .filter_map(|name| Registry::builtin().named(name).ok())
        .collect()
}

/// The options with one setting of an algorithm changed, each with how it is written.
pub(super) fn settings(algorithm: &Card, options: &Options) -> Vec<(String, Options)> {
    let of = Settings { algorithm, options };
    match algorithm.name {
        "cache-memcached-fast" => of.each(
            "ketama_points",
            &nginx_points(),
            |options: &mut FastOptions, points| {
                options.ketama_points = points;
            },
        ),
        "crc15-modulo" => of.each(
            "zero_becomes_one",
            &[false, true],
            |options: &mut Crc15Options, becomes| {
                options.zero_becomes_one = becomes;
            },
        ),
        "jedis-sharded" => of.each(
            "hash",
            JedisHash::ALL,
            |options: &mut JedisOptions, hash| {
                options.hash = hash;
            },
        ),
        "libmemcached-ketama" => of.each(
            "hash",
            LibmemcachedHash::ALL,
            |options: &mut LibmemcachedOptions, hash| {
                options.hash = Some(hash);
            },
        ),
        "libmemcached-ketama-weighted" => of.each(
            "hash",
            LibmemcachedHash::ALL,
            |options: &mut LibmemcachedOptions, hash| {
                options.hash = Some(hash);
            },
        ),
        "libmemcached-modula" => of.each(
            "hash",
            LibmemcachedHash::ALL,
            |options: &mut LibmemcachedOptions, hash| {
                options.hash = Some(hash);
            },
        ),
        "npm-hashring" => {
            let ports = of.each(
                "default_port",
                &memcached_port(),
                |options: &mut HashringOptions, port| {
                    options.default_port = Some(port);
                },
            );
            let imitated = HashringCompatibility::ALL;
            let imitations = of.each(
                "compatibility",
                imitated,
                |options: &mut HashringOptions, imitated| {
                    options.compatibility = imitated;
                },
            );
            [ports, imitations].concat()
        }
        "pecl-consistent" => of.each("hash", PeclHash::ALL, |options: &mut PeclOptions, hash| {
            options.hash = hash;
        }),
        "spymemcached-ketama" => of.each(
            "format",
            SpymemcachedFormat::ALL,
            |options: &mut SpymemcachedOptions, format| {
                options.format = format;
            },
        ),
        "twemproxy-ketama" => of.each(
            "hash",
            TwemproxyHash::ALL,
            |options: &mut TwemproxyOptions, hash| {
                options.hash = hash;
            },
        ),
        "twemproxy-modula" => of.each(
            "hash",
            TwemproxyHash::ALL,
            |options: &mut TwemproxyOptions, hash| {
                options.hash = hash;
            },
        ),
        "xmemcached-ketama" => of.each(
            "label",
            XmemcachedLabel::ALL,
            |options: &mut XmemcachedOptions, label| {
                options.label = label;
            },
        ),
        _ => Vec::new(),
    }
}

/// The settings of an algorithm from some options on.
struct Settings<'a> {
    algorithm: &'a Card,
    options: &'a Options,
}

impl Settings<'_> {
    fn each<S: Section + Clone + Default, T: Copy + Display>(
        &self,
        option: &str,
        values: &[T],
        set: fn(&mut S, T),
    ) -> Vec<(String, Options)> {
        let setting = |&value: &T| {
            let name = self.algorithm.name;
            let mut options = self.options.clone();
            options.change(name, |section| set(section, value));
            (
                format!("`options: {{ {name}: {{ {option}: {value} }} }}`"),
                options,
            )
        };
        values.iter().map(setting).collect()
    }
}

/// memcached's port, which half of the clients leave out.
fn memcached_port() -> Vec<Port> {
    Port::new(11_211).into_iter().collect()
}

/// As many points as nginx has.
fn nginx_points() -> Vec<KetamaPoints> {
    KetamaPoints::new(160).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_its_algorithms() {
        for name in PROGRAMS.iter().flat_map(|names| names.iter()) {
            let algorithm = Registry::builtin().named(name).unwrap();
            assert!(!siblings(algorithm).is_empty(), "{name}");
        }
    }

    #[test]
    fn one_setting_is_changed_and_the_others_stay() {
        let mut options = Options::default();
        options.change("npm-hashring", |options: &mut HashringOptions| {
            options.compatibility = HashringCompatibility::HashRing;
        });
        let algorithm = Registry::builtin().named("npm-hashring").unwrap();
        let all = settings(algorithm, &options);
        let (text, changed) = &all[0];
        assert_eq!(text, "`options: { npm-hashring: { default_port: 11211 } }`");
        let changed = changed.get::<HashringOptions>("npm-hashring");
        assert_eq!(changed.default_port, Port::new(11_211).ok());
        assert_eq!(changed.compatibility, HashringCompatibility::HashRing);
    }
}
