//! The steps of an attempt to connect, as a list that fills while it goes on.

use leptos::either::EitherOf4;
use leptos::prelude::*;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub title: String,
    /// How it went.
    pub state: StepState,
}

/// How a step went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// A step before has not ended.
    Waiting,
    /// Under way.
    Running,
    /// It went well; a detail, or nothing.
    Done(String),
    /// It did not; why, in words.
    Failed(String),
}

impl Step {
    /// Steps of which the first is under way.
    pub fn list(titles: impl IntoIterator<Item = String>) -> Vec<Self> {
        let mut steps: Vec<_> =
            titles.into_iter().map(|title| Self { title, state: StepState::Waiting }).collect();
        if let Some(first) = steps.first_mut() {
            first.state = StepState::Running;
        }
        steps
    }

    /// Notes how a step ended. Those before it are done; the next is under way, unless this one failed.
    pub fn settle(steps: &mut [Self], index: usize, state: StepState) {
        let failed = matches!(state, StepState::Failed(_));
        for step in steps.iter_mut().take(index) {
            if !matches!(step.state, StepState::Done(_)) {
                step.state = StepState::Done(String::new());
            }
        }
        if let Some(step) = steps.get_mut(index) {
            step.state = state;
        }
        if let Some(next) = steps.get_mut(index + 1)
            && !failed
        {
            next.state = StepState::Running;
        }
    }

    /// Why an attempt failed.
    pub fn failure(steps: &[Self]) -> Option<String> {
        steps.iter().find_map(|step| match &step.state {
            StepState::Failed(message) => Some(message.clone()),
            _ => None,
        })
    }

    /// Whether an attempt goes on.
    pub fn is_running(steps: &[Self]) -> bool {
        steps.iter().any(|step| step.state == StepState::Running)
    }
}

/// The list of steps.
#[component]
pub fn Steps(
    /// The steps.
    steps: RwSignal<Vec<Step>>,
) -> impl IntoView {
    let line = |step: Step| {
        let (mark, said) = match &step.state {
            StepState::Waiting => ("·", "not yet: "),
            StepState::Running => ("…", "under way: "),
            StepState::Done(_) => ("✓", "done: "),
            StepState::Failed(_) => ("✗", "failed: "),
        };
        let detail = match step.state.clone() {
            StepState::Done(detail) if !detail.is_empty() => {
                EitherOf4::A(view! { <span class="note">{detail}</span> })
            }
            StepState::Failed(message) => {
                EitherOf4::B(view! { <p class="problem" role="alert">{message}</p> })
            }
            StepState::Running => EitherOf4::C(view! { <span class="note">"…"</span> }),
            _ => EitherOf4::D(()),
        };
        view! {
            <li class="step" data-state=state_name(&step.state)>
                <span class="step-mark" aria-hidden="true">{mark}</span>
                <span class="unseen">{said}</span>
                <span>{step.title}</span>
                {detail}
            </li>
        }
    };
    view! {
        <Show when=move || !steps.with(Vec::is_empty)>
            <ol class="steps" aria-label="Connecting, step by step">
                {move || steps.get().into_iter().map(line).collect_view()}
            </ol>
        </Show>
    }
}

fn state_name(state: &StepState) -> &'static str {
    match state {
        StepState::Waiting => "waiting",
        StepState::Running => "running",
        StepState::Done(_) => "done",
        StepState::Failed(_) => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_ends_starts_the_next_and_a_failure_stops_there() {
        let mut steps = Step::list(["a".into(), "b".into(), "c".into(), "d".into()]);
        Step::settle(&mut steps, 0, StepState::Done(String::new()));
        assert_eq!(steps[1].state, StepState::Running);
        Step::settle(&mut steps, 2, StepState::Failed("no".into()));
        let states: Vec<_> = steps.iter().map(|step| state_name(&step.state)).collect();
        assert_eq!(states, ["done", "done", "failed", "waiting"]);
        assert_eq!(Step::failure(&steps).as_deref(), Some("no"));
        assert!(!Step::is_running(&steps));
    }
}
