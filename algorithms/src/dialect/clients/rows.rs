//! The common parts of the rows: libketama's ring, of which the others are variants, a remainder and a score.

use crate::card::{Card, Cost, Family, Feedback, Origin, ShareVariance};
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::label::Label;
use crate::dialect::list_order::ListOrder;
use crate::dialect::modulo::{ListPlace, ModuloSpec, Repeat};
use crate::dialect::point_ring::{
    Count, KeyPlace, PointRing, Points, RingSpec, Rounding, Search, Text,
};
use crate::dialect::wide_ring::Ties;

/// memcached's port, which some labels omit.
const MEMCACHED: u32 = 11_211;

/// libketama's ring, of which the others are variants.
pub(super) const KETAMA: RingSpec = RingSpec {
    label: Label::Name,
    points: Points::Md5Quarters(4),
    count: Count::Average(40, Rounding::SingleShare),
    search: Search::AtOrAfter,
    order: ListOrder::AsListed,
    ties: Ties::First,
    tag: Tag::None,
    key: KeyPlace::Hash(HashKind::Md5),
};

/// libmemcached's ring with weights.
pub(super) const WEIGHTED: RingSpec = RingSpec {
    label: Label::WithoutPort(MEMCACHED),
    count: Count::Average(40, Rounding::Singles),
    ..KETAMA
};

/// Returns a ring with points that are hashed one by one.
pub(super) const fn each(text: Text, point: HashKind, count: Count, key: HashKind) -> RingSpec {
    RingSpec {
        points: Points::Each(text, point),
        count,
        key: KeyPlace::Hash(key),
        ..KETAMA
    }
}

/// Returns the remainder of a hash.
pub(super) const fn remainder(key: HashKind, repeat: Repeat) -> ModuloSpec {
    ModuloSpec {
        tag: Tag::None,
        key,
        order: ListOrder::AsListed,
        repeat,
        place: ListPlace::Remainder,
    }
}

/// Returns the common part of the rows of rings.
pub(super) const fn ring(name: &'static str, summary: &'static str, source: &'static str) -> Card {
    Card {
        summary,
        origin: Origin::Client,
        feedback: Feedback::None,
        shares: ShareVariance::AsArcs,
        build: Cost::of("P log P").with(" for P points"),
        pick: Cost::CONSTANT,
        memory: "up to 16 bytes per point",
        weights: "points in proportion",
        disruption: "near minimal",
        source,
        ..Card::new(name, Family::Ring, &|_, options| {
            Box::new(PointRing::new(&LIBKETAMA, options, KETAMA))
        })
    }
}

/// Returns the common part of the rows of rings with the same points for any weight.
pub(super) const fn equal(name: &'static str, summary: &'static str, source: &'static str) -> Card {
    Card {
        weights: "none",
        disruption: "minimal",
        ..ring(name, summary, source)
    }
}

/// Returns the common part of the rows of modulos.
pub(super) const fn modulo(
    name: &'static str,
    summary: &'static str,
    source: &'static str,
) -> Card {
    Card {
        family: Family::Modulo,
        shares: ShareVariance::AsRandom,
        build: Cost::LINEAR,
        memory: "4 bytes per entry",
        disruption: "nearly all keys",
        ..equal(name, summary, source)
    }
}

/// Returns the common part of the rows of scores.
pub(super) const fn scores(
    name: &'static str,
    summary: &'static str,
    source: &'static str,
) -> Card {
    Card {
        family: Family::Scores,
        shares: ShareVariance::AsRandom,
        build: Cost::LINEAR,
        pick: Cost::LINEAR,
        memory: "8 to 24 bytes per backend",
        ..equal(name, summary, source)
    }
}

/// `libketama`.
pub static LIBKETAMA: Card = ring(
    "libketama",
    "Last.fm's libketama in C: the ring that the others are named after",
    "R. Jones, libketama, 2007",
);
