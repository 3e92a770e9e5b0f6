// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the journal and the rows in memory measure.

#include "base/metrics.h"

namespace weir::buffer {

inline metrics::Family<metrics::Counter> kJournalBytesWritten(
    "weir_journal_written_bytes_total", "Bytes of requests written to journals and synced.");
inline metrics::Family<metrics::Counter> kJournalSyncs(
    "weir_journal_syncs_total", "Syncs of journal segments; one can cover many requests.");
inline metrics::Family<metrics::Counter> kJournalSegmentsAbandoned(
    "weir_journal_segments_abandoned_total", "Segments ended because a write or sync failed.");
inline metrics::Family<metrics::Counter> kJournalQuarantinedBytes(
    "weir_journal_quarantined_bytes_total", "Damaged journal bytes set aside at start.");
inline metrics::Family<metrics::Counter> kJournalReplayedRequests(
    "weir_journal_replayed_requests_total", "Requests read back from journals at start.");
inline metrics::Family<metrics::Gauge> kJournalBytes("weir_journal_bytes",
                                                     "Bytes that journals take on disk.");
inline metrics::Family<metrics::Gauge> kBufferedBytes(
    "weir_buffered_bytes", "Memory of acknowledged rows that are not in a table yet.");
inline metrics::Family<metrics::Counter> kRequestsRecognised(
    "weir_requests_recognised_total",
    "Requests that had been taken before, sent again by a sender that heard no answer.");
inline metrics::Family<metrics::Gauge> kRetryWindow(
    "weir_retry_window_seconds",
    "For how long a request is recognised, at the least; set when older ones are forgotten.");
inline metrics::Family<metrics::Counter> kIngestRefused(
    "weir_ingest_refused_total", "Requests turned away with a hint to retry.", {"reason"});

}  // namespace weir::buffer
