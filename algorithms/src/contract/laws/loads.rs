//! Counts how many keys or requests each backend gets.

use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::laws::answers::answers;
use crate::contract::model::{Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;
use crate::hash::Seed;
use crate::profile::Key;

/// The load of a backend after a case, and its weight.
pub(super) struct Load {
    pub(super) name: Name,
    /// The number of keys or requests that it gets.
    pub(super) load: u64,
    /// Its weight; 0 while it is not eligible.
    pub(super) weight: u64,
}

/// Returns the loads summed over samples, each with its own seed and as many keys of its own as the case has.
pub(super) fn loads(subject: &Subject, case: &Case) -> Result<Vec<Load>, Finding> {
    let mut loads: Vec<Load> = Vec::new();
    for sample in 0..subject.effort().samples {
        let subject = subject.clone().with_seed(Seed(sample));
        let model = Model::played(&subject, case, Listing::AsGiven)?;
        if sample == 0 {
            loads = model
                .members()
                .iter()
                .map(|member| Load {
                    name: member.name(),
                    load: 0,
                    weight: u64::from(member.is_eligible()) * member.weight(),
                })
                .collect();
        }
        if subject.profile().key != Key::Unused {
            let keys = sample * case.keys..(sample + 1) * case.keys;
            let answers = answers(&model.balancer().snapshot(), keys)?;
            answers
                .into_iter()
                .flatten()
                .for_each(|slot| loads[slot.index()].load += 1);
        } else if !loads.iter().all(|load| load.weight == 0) {
            for _ in 0..case.keys {
                loads[model.balancer().route(None)?.slot().index()].load += 1;
            }
        }
    }
    Ok(loads)
}

/// Returns the fraction that the weight of a backend asks for, and the total count.
pub(super) fn share(loads: &[Load], of: &Load) -> (f64, f64) {
    let weights: u64 = loads.iter().map(|load| load.weight).sum();
    let total: u64 = loads.iter().map(|load| load.load).sum();
    (of.weight as f64 / weights.max(1) as f64, total as f64)
}
