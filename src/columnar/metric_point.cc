// SPDX-License-Identifier: Apache-2.0
// How MetricRows reads each kind of data point off the wire.

#include "columnar/metric_point.h"

#include "columnar/wire/wire_reader.h"

namespace weir::columnar {
namespace {

using enum WireType;

RecordError EndOf(const WireReader& reader) {
  return reader.ok() ? RecordError() : InField("data point", DecodeError::kMalformed);
}

}  // namespace

RecordError MetricRows::AddAttribute(std::string_view wire) {
  return InField("attribute", attributes_.Add(wire));
}

RecordError MetricRows::ReadNumberPoint(std::string_view wire, Point& point) {
  RecordError error;
  WireReader reader(wire);
  while (error.empty() && reader.Next()) {
    switch (reader.tag()) {
      case Tag(2, kFixed64): point.start = reader.number(); break;
      case Tag(3, kFixed64): point.time = reader.number(); break;
      case Tag(4, kFixed64):
        point.value = {PointValue::Kind::kDouble, reader.number_as_double(), 0};
        break;
      case Tag(5, kBytes): error = exemplars_.Add(reader.bytes()); break;
      case Tag(6, kFixed64):
        point.value = {PointValue::Kind::kInt, 0, static_cast<int64_t>(reader.number())};
        break;
      case Tag(7, kBytes): error = AddAttribute(reader.bytes()); break;
      case Tag(8, kVarint): point.flags = reader.number(); break;
      case kInvalidRecord: error = MarkedInvalid(reader.bytes()); break;
      default: break;
    }
  }
  return error.empty() ? EndOf(reader) : error;
}

RecordError MetricRows::ReadHistogramPoint(std::string_view wire, Point& point) {
  RecordError error;
  WireReader reader(wire);
  bool packed_fits = true;
  while (error.empty() && reader.Next()) {
    switch (reader.tag()) {
      case Tag(2, kFixed64): point.start = reader.number(); break;
      case Tag(3, kFixed64): point.time = reader.number(); break;
      case Tag(4, kFixed64): point.count = reader.number(); break;
      case Tag(5, kFixed64): point.sum = reader.number_as_double(); break;
      case Tag(6, kFixed64): bucket_counts_.Append(static_cast<int64_t>(reader.number())); break;
      case Tag(6, kBytes): packed_fits &= bucket_counts_.AppendFixed64(reader.bytes()); break;
      case Tag(7, kFixed64): explicit_bounds_.Append(reader.number_as_double()); break;
      case Tag(7, kBytes): packed_fits &= explicit_bounds_.AppendFixed64(reader.bytes()); break;
      case Tag(8, kBytes): error = exemplars_.Add(reader.bytes()); break;
      case Tag(9, kBytes): error = AddAttribute(reader.bytes()); break;
      case Tag(10, kVarint): point.flags = reader.number(); break;
      case Tag(11, kFixed64): point.min = reader.number_as_double(); break;
      case Tag(12, kFixed64): point.max = reader.number_as_double(); break;
      case kInvalidRecord: error = MarkedInvalid(reader.bytes()); break;
      default: break;
    }
  }
  if (error.empty() && !packed_fits) error = InField("histogram buckets", DecodeError::kMalformed);
  return error.empty() ? EndOf(reader) : error;
}

RecordError MetricRows::ReadExponentialPoint(std::string_view wire, Point& point) {
  RecordError error;
  WireReader reader(wire);
  while (error.empty() && reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kBytes): error = AddAttribute(reader.bytes()); break;
      case Tag(2, kFixed64): point.start = reader.number(); break;
      case Tag(3, kFixed64): point.time = reader.number(); break;
      case Tag(4, kFixed64): point.count = reader.number(); break;
      case Tag(5, kFixed64): point.sum = reader.number_as_double(); break;
      case Tag(6, kVarint):
        point.scale = static_cast<int32_t>(ZigZagDecode(reader.number()));
        break;
      case Tag(7, kFixed64): point.zero_count = reader.number(); break;
      case Tag(8, kBytes):
        error = ReadBuckets(reader.bytes(), point.positive_offset, positive_counts_);
        break;
      case Tag(9, kBytes):
        error = ReadBuckets(reader.bytes(), point.negative_offset, negative_counts_);
        break;
      case Tag(10, kVarint): point.flags = reader.number(); break;
      case Tag(11, kBytes): error = exemplars_.Add(reader.bytes()); break;
      case Tag(12, kFixed64): point.min = reader.number_as_double(); break;
      case Tag(13, kFixed64): point.max = reader.number_as_double(); break;
      case Tag(14, kFixed64): point.zero_threshold = reader.number_as_double(); break;
      case kInvalidRecord: error = MarkedInvalid(reader.bytes()); break;
      default: break;
    }
  }
  return error.empty() ? EndOf(reader) : error;
}

RecordError MetricRows::ReadBuckets(std::string_view wire, std::optional<int32_t>& offset,
                                    NumberListColumn<int64_t>& counts) {
  offset = offset.value_or(0);
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kVarint): offset = static_cast<int32_t>(ZigZagDecode(reader.number())); break;
      case Tag(2, kVarint): counts.Append(static_cast<int64_t>(reader.number())); break;
      case Tag(2, kBytes): {
        PackedVarints packed(reader.bytes());
        while (packed.Next()) counts.Append(static_cast<int64_t>(packed.number()));
        if (!packed.ok()) return InField("bucket counts", DecodeError::kMalformed);
        break;
      }
      default: break;
    }
  }
  return EndOf(reader);
}

RecordError MetricRows::ReadSummaryPoint(std::string_view wire, Point& point) {
  RecordError error;
  point.sum = 0;  // Not optional in this kind: absent means zero.
  WireReader reader(wire);
  while (error.empty() && reader.Next()) {
    switch (reader.tag()) {
      case Tag(2, kFixed64): point.start = reader.number(); break;
      case Tag(3, kFixed64): point.time = reader.number(); break;
      case Tag(4, kFixed64): point.count = reader.number(); break;
      case Tag(5, kFixed64): point.sum = reader.number_as_double(); break;
      case Tag(6, kBytes): error = quantiles_.Add(reader.bytes()); break;
      case Tag(7, kBytes): error = AddAttribute(reader.bytes()); break;
      case Tag(8, kVarint): point.flags = reader.number(); break;
      case kInvalidRecord: error = MarkedInvalid(reader.bytes()); break;
      default: break;
    }
  }
  return error.empty() ? EndOf(reader) : error;
}

}  // namespace weir::columnar
