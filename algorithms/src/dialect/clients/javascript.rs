//! Clients in JavaScript.

use crate::card::{Card, OptionHelp};
use crate::dialect::clients::help::option;
use crate::dialect::clients::rows::{KETAMA, WEIGHTED, modulo, remainder, ring};
use crate::dialect::key::HashKind;
use crate::dialect::label::Label;
use crate::dialect::modulo::{ListModulo, Repeat};
use crate::dialect::point_ring::{Count, PointRing, Points, RingSpec, Rounding};
use crate::option::{whole_number_option, word_option};
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// `memjs`.
pub static MEMJS: Card = Card {
    make: &|_, options| {
        let spec = remainder(HashKind::JavaStringAbsolute, Repeat::Once);
        Box::new(ListModulo::new(&MEMJS, options, spec))
    },
    ..modulo(
        "memjs",
        "memjs' string hash modulo the number of servers",
        "memjs",
    )
};

/// The section of the options of `npm-hashring`.
pub const NPM_HASHRING_SECTION: SectionKey<HashringOptions> = SectionKey::new("npm-hashring");

/// `npm-hashring`.
pub static NPM_HASHRING: Card = Card {
    section: SectionType::of(NPM_HASHRING_SECTION),
    options: &[
        OptionHelp {
            name: "default_port",
            help: "a port that is omitted from the servers' texts, 1 to 65535",
            value: |options| {
                let port = options.get(NPM_HASHRING_SECTION).default_port;
                port.map_or_else(|| "none".to_owned(), |port| port.to_string())
            },
        },
        option!(NPM_HASHRING_SECTION: compatibility,
            "`none`, or `hash_ring` for three points per digest"
        ),
    ],
    make: &|_, options| {
        let own = options.get(NPM_HASHRING_SECTION);
        let quarters = match own.compatibility {
            HashringCompatibility::None => 4,
            HashringCompatibility::HashRing => 3,
        };
        let without = |port: Port| Label::WithoutPort(port.get());
        let spec = RingSpec {
            label: own.default_port.map_or(Label::Name, without),
            points: Points::Md5Quarters(quarters),
            count: Count::Average(40, Rounding::AverageFirst),
            ..KETAMA
        };
        Box::new(PointRing::new(&NPM_HASHRING, options, spec))
    },
    ..ring(
        NPM_HASHRING_SECTION.algorithm(),
        "the ring of npm's hashring",
        "npm hashring",
    )
};

/// `npm-memcached`.
pub static NPM_MEMCACHED: Card = Card {
    make: &|_, options| {
        let spec = RingSpec {
            label: WEIGHTED.label,
            count: Count::Average(40, Rounding::AverageFirst),
            ..KETAMA
        };
        Box::new(PointRing::new(&NPM_MEMCACHED, options, spec))
    },
    ..ring(
        "npm-memcached",
        "the ring of npm's memcached",
        "npm memcached",
    )
};

/// The options of npm's hashring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct HashringOptions {
    /// The port that is omitted from the servers' texts.
    pub default_port: Option<Port>,
    /// The library that it imitates.
    pub compatibility: HashringCompatibility,
}

whole_number_option!(
    /// A port.
    Port, "default_port": 1 to 65_535
);

word_option!(
    /// The library that npm's hashring imitates.
    HashringCompatibility:
    /// libketama: four points per digest.
    None "none",
    /// Python's hash_ring: three points per digest.
    HashRing "hash_ring",
);
