//! Where figures lie along an axis, and which of them are marked.

use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;

use super::drawing::{Axis, Scale};

/// The part of an axis that is shown.
#[derive(Clone, Debug)]
pub(super) struct Span {
    axis: Axis,
    /// The ends, laid out by the scale.
    pub(super) low: f64,
    pub(super) high: f64,
    /// The marks, laid out by the scale.
    pub(super) ticks: Vec<f64>,
}

/// The shares that an axis of nines may mark.
const NINES: [f64; 7] = [0., 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];

impl Span {
    /// A span with room for these figures and about so many marks.
    pub(super) fn of(axis: &Axis, figures: impl Iterator<Item = f64>, marks: usize) -> Self {
        let figures = figures.filter(|figure| figure.is_finite());
        let figures = figures.filter(|&figure| axis.scale != Scale::Logarithmic || figure > 0.);
        let ends = figures.fold(None, |ends, figure| {
            let (low, high) = ends.unwrap_or((figure, figure));
            Some((figure.min(low), figure.max(high)))
        });
        let (least, most) = ends.unwrap_or(match axis.scale {
            Scale::Logarithmic => (1., 10.),
            // All is infinitely far away.
            Scale::Nines => (0., 0.9),
            _ => (0., 1.),
        });
        let (low, high) = match axis.scale {
            Scale::Linear if most > 0. => (0., most * 1.04),
            Scale::Linear => (0., 1.),
            Scale::Fitted => around(least, most),
            Scale::Logarithmic => around(libm::log10(least), libm::log10(most)),
            Scale::Nines => (0., axis.scale.lay_out(most) * 1.02),
        };
        Self {
            axis: axis.clone(),
            low,
            high,
            ticks: ticks(axis.scale, low, high, marks),
        }
    }

    pub(super) fn title(&self) -> &str {
        &self.axis.title
    }

    /// The label of a mark.
    pub(super) fn label(&self, laid_out: f64) -> String {
        self.axis.unit.write(self.axis.scale.take_up(laid_out))
    }

    /// A figure as it is written.
    pub(super) fn write(&self, figure: f64) -> String {
        self.axis.unit.write(figure)
    }

    /// Whether a figure lies on the span.
    pub(super) fn has(&self, figure: f64) -> bool {
        (self.low..=self.high).contains(&self.axis.scale.lay_out(figure))
    }

    /// How far along the span a figure lies, from 0 to 1.
    pub(super) fn place(&self, figure: f64) -> f64 {
        let place = (self.axis.scale.lay_out(figure) - self.low) / (self.high - self.low);
        place.clamp(0., 1.)
    }
}

/// A little more than from the least to the most.
fn around(least: f64, most: f64) -> (f64, f64) {
    let room = match (most - least) * 0.05 {
        room if room > 0. => room,
        _ => (least.abs() * 0.05).max(0.05),
    };
    (least - room, most + room)
}

fn ticks(scale: Scale, low: f64, high: f64, marks: usize) -> Vec<f64> {
    match scale {
        Scale::Linear | Scale::Fitted => evenly(low, high, marks),
        Scale::Nines => {
            let ticks = NINES.iter().map(|&share| scale.lay_out(share));
            ticks.filter(|tick| *tick <= high).collect()
        }
        Scale::Logarithmic => {
            let multiples: &[f64] = match high - low {
                decades if decades > 3. => &[1.],
                decades if decades > 1. => &[1., 3.],
                decades if decades > 0.4 => &[1., 2., 5.],
                // So near to each other that they are nearly even.
                _ => {
                    let (least, most) = (scale.take_up(low), scale.take_up(high));
                    let ticks = evenly(least, most, marks).into_iter();
                    return ticks.map(|figure| scale.lay_out(figure)).collect();
                }
            };
            let decades = libm::floor(low) as i32..=libm::ceil(high) as i32;
            let ticks = decades.flat_map(|decade| {
                let laid_out = move |multiple: &f64| f64::from(decade) + libm::log10(*multiple);
                multiples.iter().map(laid_out)
            });
            ticks.filter(|tick| (low..=high).contains(tick)).collect()
        }
    }
}

fn evenly(low: f64, high: f64, marks: usize) -> Vec<f64> {
    RangedCoordf64::from(low..high).key_points(BoldPoints(marks))
}

impl Scale {
    fn lay_out(self, figure: f64) -> f64 {
        match self {
            Self::Linear | Self::Fitted => figure,
            Self::Logarithmic => libm::log10(figure),
            Self::Nines => -libm::log10(1. - figure),
        }
    }

    fn take_up(self, laid_out: f64) -> f64 {
        match self {
            Self::Linear | Self::Fitted => laid_out,
            Self::Logarithmic => libm::pow(10., laid_out),
            Self::Nines => 1. - libm::pow(10., -laid_out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::drawing::Unit;

    fn span(scale: Scale, unit: Unit, figures: &[f64]) -> Span {
        let title = String::new();
        let axis = Axis { title, scale, unit };
        Span::of(&axis, figures.iter().copied(), 6)
    }

    fn labels(span: &Span) -> Vec<String> {
        span.ticks.iter().map(|&tick| span.label(tick)).collect()
    }

    #[test]
    fn marks_are_round_figures_of_the_scale() {
        let linear = span(Scale::Linear, Unit::Percent, &[0.02, 0.91]);
        assert_eq!(labels(&linear)[..2], ["0%", "20%"]);
        let times = span(Scale::Logarithmic, Unit::Nanoseconds, &[2e5, 3e8]);
        assert_eq!(labels(&times), ["1 ms", "10 ms", "100 ms"]);
        let nines = span(Scale::Nines, Unit::Percent, &[0., 0.9999]);
        assert_eq!(
            labels(&nines),
            ["0%", "50%", "90%", "99%", "99.9%", "99.99%"]
        );
    }

    #[test]
    fn every_figure_has_a_place_inside() {
        for scale in [Scale::Linear, Scale::Fitted, Scale::Logarithmic] {
            let span = span(scale, Unit::Number, &[1., 1., 4.]);
            let places = [span.place(1.), span.place(4.)];
            assert!(places[0] < places[1] && places[1] < 1., "{scale:?}");
        }
        assert!(span(Scale::Logarithmic, Unit::Number, &[0.]).place(0.) == 0.);
        assert!(span(Scale::Fitted, Unit::Number, &[]).low < 0.);
    }
}
