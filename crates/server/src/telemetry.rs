//! What the operator sees: logs, metrics, traces.

use crate::config::Config;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// Ends the export of traces when dropped, so that the last ones are sent.
pub struct Telemetry {
    traces: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

/// Starts logging and, if an address is configured, the export of traces. Logs go to standard error.
pub fn start(config: &Config) -> anyhow::Result<Telemetry> {
    let filter = EnvFilter::try_new(&config.log.level)?;
    let lines: Box<dyn Layer<_> + Send + Sync> = match config.log.format.as_str() {
        "json" => fmt::layer().json().with_span_list(false).with_writer(std::io::stderr).boxed(),
        _ => {
            let colours = std::io::stderr().is_terminal();
            fmt::layer().with_target(false).with_ansi(colours).with_writer(std::io::stderr).boxed()
        }
    };
    let traces = match config.log.otlp_url.as_str() {
        "" => None,
        url => Some(exporter(url)?),
    };
    let spans = traces.as_ref().map(|provider| {
        let tracer = opentelemetry::trace::TracerProvider::tracer(provider, "regulars");
        tracing_opentelemetry::layer().with_tracer(tracer)
    });
    tracing_subscriber::registry().with(filter).with(lines).with(spans).try_init()?;
    Ok(Telemetry { traces })
}

fn exporter(url: &str) -> anyhow::Result<opentelemetry_sdk::trace::SdkTracerProvider> {
    use opentelemetry_otlp::WithExportConfig;
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(url).build()?;
    let resource = opentelemetry_sdk::Resource::builder().with_service_name("regulars").build();
    Ok(opentelemetry_sdk::trace::SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Upper ends of the classes in which durations (in seconds) and numbers of things are counted.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
const THINGS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];

/// The metrics of this process in the text form of Prometheus.
pub fn metrics() -> &'static PrometheusHandle {
    // The one global: the metrics library keeps its recorder per process.
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&THINGS)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS))
            .expect("neither list of classes is empty")
            .build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another part of this process records metrics already");
        }
        handle
    })
}
