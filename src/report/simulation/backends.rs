//! What each backend does, as a table.

use std::cmp::Reverse;

use super::cells::has_failed;
use crate::figures::{Columns, Measured};
use crate::sheet::Sheet;
use crate::simulate::{BackendFigures, Simulated};
use crate::text::counted;

/// The most backends of an algorithm that are listed: those with the most requests.
const MAX_BACKENDS: usize = 16;

/// The backends of each algorithm that finished the most requests.
pub(super) fn backends(report: &Simulated) -> Sheet {
    let (failed, hits) = (has_failed(report), report.setting.cache.is_some());
    let figures: Vec<_> = BackendFigures::FIGURES
        .iter()
        .copied()
        .filter(|&figure| failed || figure != BackendFigures::FAILED)
        .filter(|&figure| hits || figure != BackendFigures::HIT_RATIO)
        .collect();
    let rows = report.results.iter().flat_map(|result| {
        let mut shares: Vec<_> = result.figures.backends.iter().collect();
        if shares.len() > MAX_BACKENDS {
            shares.sort_by_key(|share| Reverse(share.requests));
        }
        shares.truncate(MAX_BACKENDS);
        shares.into_iter().map(|share| {
            Columns::default()
                .column("algorithm", result.algorithm)
                .column("backend", share.backend.as_str())
                .shown(&figures, Some(share), None)
        })
    });
    let most = report
        .results
        .iter()
        .map(|result| result.figures.backends.len())
        .max()
        .unwrap_or_default();
    let more = match most.saturating_sub(MAX_BACKENDS) {
        0 => String::new(),
        more => format!(
            " Not shown: {} of each strategy with fewer requests.",
            counted(more as u64, "backend")
        ),
    };
    Sheet::of_columns(2, rows).titled("Backends").noted(format!(
        "offered: work of the requests sent to the backend, of what it can do. busy: share of the time. mean_queue: \
         average number of requests at the backend.{more}"
    ))
}
