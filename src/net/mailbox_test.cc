// SPDX-License-Identifier: Apache-2.0
#include "net/mailbox.h"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

std::vector<Mail> TakeAll(Mailbox& mailbox) {
  std::vector<Mail> mails(3);  // Of an earlier round.
  mailbox.TakeAll(mails);
  return mails;
}

TEST(Mailbox, WakesItsOwnerOnceForManyMails) {
  int wakes = 0;
  const auto mailbox = std::make_shared<Mailbox>([&] { ++wakes; });

  MakeResponder(mailbox, 7, 1).Send({.body = "a"});
  MakeResponder(mailbox, 7, 2).Send({.body = "b"});

  EXPECT_EQ(wakes, 1);
  const std::vector<Mail> mails = TakeAll(*mailbox);
  ASSERT_EQ(mails.size(), 2);
  EXPECT_EQ(mails[1].connection_id, 7);
  EXPECT_EQ(mails[1].request_id, 2);
  EXPECT_EQ(mails[1].response->body, "b");
}

TEST(Mailbox, LearnsOfADroppedResponder) {
  const auto mailbox = std::make_shared<Mailbox>([] {});

  {
    const Responder dropped = MakeResponder(mailbox, 7, 1);
  }

  const std::vector<Mail> mails = TakeAll(*mailbox);
  ASSERT_EQ(mails.size(), 1);
  EXPECT_FALSE(mails[0].response.has_value());
}

TEST(Mailbox, HearsOnlyOnceFromAResponderThatWasMoved) {
  const auto mailbox = std::make_shared<Mailbox>([] {});

  {
    Responder first = MakeResponder(mailbox, 7, 1);
    Responder second = std::move(first);
    std::move(second).Send({});
  }

  EXPECT_EQ(TakeAll(*mailbox).size(), 1);
}

TEST(Mailbox, ThrowsMailAwayOnceClosed) {
  int wakes = 0;
  const auto mailbox = std::make_shared<Mailbox>([&] { ++wakes; });
  Responder late = MakeResponder(mailbox, 7, 1);

  mailbox->Close();
  std::move(late).Send({});

  EXPECT_EQ(wakes, 0);
  EXPECT_TRUE(TakeAll(*mailbox).empty());
}

}  // namespace
}  // namespace weir::net
