//! The settings with which a program may agree with another one, and the algorithms of each program.

use evenkeel_algorithms::dialect::clients::{
    self, HashringCompatibility, JedisHash, KetamaPoints, LibmemcachedHash, PeclHash, Port,
    SpymemcachedFormat, TwemproxyHash, XmemcachedLabel,
};
use evenkeel_algorithms::dialect::{
    envoy_hash, haproxy_hash_consistent, haproxy_hash_map_based, nginx_hash, nginx_hash_consistent,
    pingora_fnv, pingora_ketama,
};
use evenkeel_algorithms::{Card, Options, Section, SectionKey};

/// The algorithms by key of each program.
const PROGRAMS: &[&[&Card]] = &[
    &[&envoy_hash::RING, &envoy_hash::MAGLEV],
    &[
        &haproxy_hash_consistent::CARD,
        &haproxy_hash_map_based::CARD,
    ],
    &[
        &clients::LIBMEMCACHED_KETAMA_WEIGHTED,
        &clients::LIBMEMCACHED_KETAMA,
        &clients::LIBMEMCACHED_MODULA,
    ],
    &[&nginx_hash_consistent::CARD, &nginx_hash::HASH],
    &[&clients::PHPREDIS_CONSISTENT, &clients::PHPREDIS_ARRAY],
    &[&pingora_ketama::CARD, &pingora_fnv::CARD],
    &[&clients::PREDIS_KETAMA, &clients::PREDIS_HASHRING],
    &[&clients::REDIS_RB_5, &clients::REDIS_RB_4],
    &[&clients::SPYMEMCACHED_KETAMA, &clients::SPYMEMCACHED_MODULO],
    &[&clients::TWEMPROXY_KETAMA, &clients::TWEMPROXY_MODULA],
    &[&clients::UHASHRING_KETAMA, &clients::UHASHRING],
];

/// Returns the other algorithms of the program that has this one.
pub(super) fn siblings(algorithm: &Card) -> Vec<&'static Card> {
    PROGRAMS
        .iter()
        .find(|cards| cards.contains(&algorithm))
        .into_iter()
        .flat_map(|cards| cards.iter().copied())
        .filter(|&card| card != algorithm)
        .collect()
}

/// Returns the options with one setting of an algorithm changed, each with its text.
pub(super) fn settings(algorithm: &Card, options: &Options) -> Vec<(String, Options)> {
    let of = Settings { algorithm, options };
    [
        of.each(
            clients::CACHE_MEMCACHED_FAST_SECTION,
            &nginx_points(),
            |own, points| own.ketama_points = points,
        ),
        of.each(
            clients::CRC15_MODULO_SECTION,
            &[false, true],
            |own, becomes| own.zero_becomes_one = becomes,
        ),
        of.each(
            clients::JEDIS_SHARDED_SECTION,
            JedisHash::ALL,
            |own, hash| own.hash = hash,
        ),
        of.each(
            clients::LIBMEMCACHED_KETAMA_SECTION,
            LibmemcachedHash::ALL,
            |own, hash| own.hash = hash,
        ),
        of.each(
            clients::LIBMEMCACHED_KETAMA_WEIGHTED_SECTION,
            LibmemcachedHash::ALL,
            |own, hash| own.hash = hash,
        ),
        of.each(
            clients::LIBMEMCACHED_MODULA_SECTION,
            LibmemcachedHash::ALL,
            |own, hash| own.hash = hash,
        ),
        of.each(
            clients::NPM_HASHRING_SECTION,
            &memcached_port(),
            |own, port| own.default_port = Some(port),
        ),
        of.each(
            clients::NPM_HASHRING_SECTION,
            HashringCompatibility::ALL,
            |own, imitated| own.compatibility = imitated,
        ),
        of.each(
            clients::PECL_CONSISTENT_SECTION,
            PeclHash::ALL,
            |own, hash| own.hash = hash,
        ),
        of.each(
            clients::SPYMEMCACHED_KETAMA_SECTION,
            SpymemcachedFormat::ALL,
            |own, format| own.format = format,
        ),
        of.each(
            clients::TWEMPROXY_KETAMA_SECTION,
            TwemproxyHash::ALL,
            |own, hash| own.hash = hash,
        ),
        of.each(
            clients::TWEMPROXY_MODULA_SECTION,
            TwemproxyHash::ALL,
            |own, hash| own.hash = hash,
        ),
        of.each(
            clients::XMEMCACHED_KETAMA_SECTION,
            XmemcachedLabel::ALL,
            |own, label| own.label = label,
        ),
    ]
    .concat()
}

/// The settings of an algorithm, based on some options.
struct Settings<'a> {
    algorithm: &'a Card,
    options: &'a Options,
}

impl Settings<'_> {
    /// Returns the other values of one option, if the algorithm has it.
    fn each<S: Section + Clone + Default, T: Copy>(
        &self,
        key: SectionKey<S>,
        values: &[T],
        set: fn(&mut S, T),
    ) -> Vec<(String, Options)> {
        if key.algorithm() != self.algorithm.name {
            return Vec::new();
        }
        let setting = |&value: &T| {
            let mut options = self.options.clone();
            options.change(key, |section| set(section, value));
            Some((self.written(&options)?, options))
        };
        values.iter().filter_map(setting).collect()
    }

    /// Returns the text of the option that differs in some options; `None` if they are the same.
    fn written(&self, options: &Options) -> Option<String> {
        let name = self.algorithm.name;
        let mut known = self.algorithm.options.iter();
        known.find_map(|option| {
            let value = (option.value)(options);
            (value != (option.value)(self.options))
                .then(|| format!("`options: {{ {name}: {{ {}: {value} }} }}`", option.name))
        })
    }
}

/// memcached's port, which half of the clients omit.
fn memcached_port() -> Vec<Port> {
    Port::new(11_211).into_iter().collect()
}

/// nginx's number of points.
fn nginx_points() -> Vec<KetamaPoints> {
    KetamaPoints::new(160).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_setting_is_changed_and_the_others_stay() {
        let mut options = Options::default();
        options.change(clients::NPM_HASHRING_SECTION, |own| {
            own.compatibility = HashringCompatibility::HashRing;
        });
        let all = settings(&clients::NPM_HASHRING, &options);
        let (text, changed) = &all[0];
        assert_eq!(text, "`options: { npm-hashring: { default_port: 11211 } }`");
        let changed = changed.get(clients::NPM_HASHRING_SECTION);
        assert_eq!(changed.default_port, Port::new(11_211).ok());
        assert_eq!(changed.compatibility, HashringCompatibility::HashRing);
    }
}
