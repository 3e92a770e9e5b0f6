// SPDX-License-Identifier: Apache-2.0
#include "net/mailbox.h"

#include <utility>

namespace weir::net {
namespace {

class MailChannel final : public Responder::Channel {
 public:
  MailChannel(std::shared_ptr<Mailbox> mailbox, uint64_t connection_id, int32_t request_id)
      : mailbox_(std::move(mailbox)), connection_id_(connection_id), request_id_(request_id) {}
  ~MailChannel() override {
    if (mailbox_ != nullptr) Put(std::nullopt);
  }
  void Send(Response response) override { Put(std::move(response)); }

 private:
  void Put(std::optional<Response> response) {
    std::exchange(mailbox_, nullptr)->Put({connection_id_, request_id_, std::move(response)});
  }

  std::shared_ptr<Mailbox> mailbox_;  // Null once sent.
  uint64_t connection_id_;
  int32_t request_id_;
};

}  // namespace

void Mailbox::Put(Mail mail) {
  auto state = state_.Lock();
  if (!state->wake) return;
  const bool was_empty = state->mails.empty();
  state->mails.push_back(std::move(mail));
  if (was_empty) state->wake();
}

void Mailbox::TakeAll(std::vector<Mail>& mails) {
  mails.clear();
  std::swap(state_.Lock()->mails, mails);
}

void Mailbox::Close() {
  State closed;  // Outlives the lock: what it destroys may be large.
  std::swap(*state_.Lock(), closed);
}

Responder MakeResponder(std::shared_ptr<Mailbox> mailbox, uint64_t connection_id,
                        int32_t request_id) {
  return Responder(std::make_unique<MailChannel>(std::move(mailbox), connection_id, request_id));
}

}  // namespace weir::net
