// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/compute_thread.h"

#include <QtTest>

#include <algorithm>
#include <latch>
#include <map>
#include <random>
#include <vector>

using namespace cameo;
using namespace cameo::jobs;

namespace {

struct Log {
    std::mutex mutex;
    std::vector<std::string> lines;
    void add(std::string line) {
        const std::lock_guard lock(mutex);
        lines.push_back(std::move(line));
    }
    long count(const std::string& line) {
        const std::lock_guard lock(mutex);
        return std::count(lines.begin(), lines.end(), line);
    }
};

Job logging(Log& log, const std::string& name) {
    return {[&log, name](JobContext&) { log.add("ran " + name); },
            [&log, name](const Error& e) { log.add(std::string(errorCodeName(e.code)) + " " + name); }};
}

} // namespace

class TestJobs : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void liveBeforeLongAndNewestWins();
    void cancelWhileWaiting();
    void randomisedModelCheck();
    void supersededRunningJobSeesStop();
    void longJobYieldsToLive();
    void backgroundJobYieldsToAll();
    void destructorEndsEveryJobOnce();
    void handleWaits();
};

void TestJobs::liveBeforeLongAndNewestWins() {
    Log log;
    JobQueue queue;
    queue.post(logging(log, "long"));
    queue.postLive(1, logging(log, "b"));
    queue.postLive(0, logging(log, "a1"));
    queue.postLive(0, logging(log, "a2"));
    const auto refusal = queue.nextRefusal();
    QVERIFY(refusal);
    refusal->entry.job.refuse(refusal->reason);
    std::vector<std::string> expected{"superseded a1", "ran a2", "ran b", "ran long"};
    while (auto entry = queue.next()) {
        JobContext context(entry->record, {});
        entry->job.run(context);
        queue.finish(*entry);
    }
    QCOMPARE(log.lines, expected);
    QVERIFY(!queue.hasWork());
}

void TestJobs::cancelWhileWaiting() {
    Log log;
    JobQueue queue;
    const auto record = queue.post(logging(log, "x"));
    JobHandle(record).cancel();
    const auto refusal = queue.nextRefusal();
    QVERIFY(refusal);
    QCOMPARE(refusal->reason.code, ErrorCode::Cancelled);
    QVERIFY(!queue.next());
}

// Against the obvious model: every posted job ends exactly once, long jobs in order, one waiting job per
// slot.
void TestJobs::randomisedModelCheck() {
    std::mt19937 random(1);
    JobQueue queue;
    std::map<int, int> endings;
    std::vector<int> longOrder;
    std::vector<std::shared_ptr<JobRecord>> records;
    std::vector<JobQueue::Entry> running;
    int posted = 0;
    const auto make = [&](bool isLong) {
        const int number = posted++;
        return Job{[&, number, isLong](JobContext&) {
                       ++endings[number];
                       if (isLong)
                           longOrder.push_back(number);
                   },
                   [&, number](const Error&) { ++endings[number]; }};
    };
    const auto refuseAll = [&] {
        while (auto refusal = queue.nextRefusal())
            refusal->entry.job.refuse(refusal->reason);
    };
    const auto start = [&](std::optional<JobQueue::Entry> entry) {
        if (!entry)
            return;
        JobContext context(entry->record, {});
        entry->job.run(context);
        running.push_back(std::move(*entry));
    };
    for (int step = 0; step < 100'000; ++step) {
        switch (random() % 9) {
        case 0:
            records.push_back(queue.post(make(true)));
            break;
        case 1:
            records.push_back(queue.postLive(static_cast<int>(random() % 3), make(false)));
            break;
        case 2:
            start(queue.next());
            break;
        case 3:
            start(queue.nextLive());
            break;
        case 4:
            if (!running.empty()) {
                queue.finish(running.back());
                running.pop_back();
            }
            break;
        case 6:
            records.push_back(queue.postBackground(make(false)));
            break;
        case 7:
            start(queue.nextForeground());
            break;
        case 5:
            if (!records.empty())
                JobHandle(records[random() % records.size()]).cancel();
            break;
        default:
            refuseAll();
        }
    }
    queue.close();
    queue.post(make(true)); // after closing: refused
    refuseAll();
    QVERIFY(!queue.next());
    QCOMPARE(static_cast<int>(endings.size()), posted);
    for (const auto& [number, count] : endings)
        QVERIFY2(count == 1, qPrintable(QString::number(number)));
    QVERIFY(std::is_sorted(longOrder.begin(), longOrder.end()));
    QVERIFY(longOrder.size() > 100);
}

void TestJobs::supersededRunningJobSeesStop() {
    Log log;
    std::latch started(1);
    ComputeThread thread;
    thread.postLive(0, {[&](JobContext& context) {
                            started.count_down();
                            std::mutex mutex;
                            std::condition_variable_any wake;
                            std::unique_lock lock(mutex);
                            wake.wait(lock, context.stop(), [] { return false; });
                            log.add(context.isSuperseded() ? "stopped superseded" : "stopped cancelled");
                        },
                        [&](const Error&) { log.add("refused first"); }});
    started.wait();
    JobHandle last;
    for (int i = 0; i < 100; ++i)
        last = thread.postLive(0, logging(log, std::to_string(i)));
    last.wait();
    QCOMPARE(log.count("stopped superseded"), 1);
    QCOMPARE(log.count("ran 99"), 1);
    QCOMPARE(static_cast<int>(log.lines.size()), 101); // every one ended once
}

void TestJobs::longJobYieldsToLive() {
    Log log;
    std::latch started(1), posted(1);
    ComputeThread thread;
    const JobHandle job = thread.post({[&](JobContext& context) {
                                           log.add("begin");
                                           started.count_down();
                                           posted.wait();
                                           context.yieldPoint();
                                           log.add("end");
                                       },
                                       [](const Error&) {}});
    started.wait();
    thread.postLive(0, logging(log, "live"));
    thread.post(logging(log, "second long"));
    posted.count_down();
    job.wait();
    const std::vector<std::string> expected{"begin", "ran live", "end"};
    const std::lock_guard lock(log.mutex);
    QVERIFY(log.lines.size() >= 3);
    QCOMPARE(std::vector(log.lines.begin(), log.lines.begin() + 3), expected);
}

void TestJobs::backgroundJobYieldsToAll() {
    Log log;
    std::latch started(1), posted(1);
    ComputeThread thread;
    const JobHandle training = thread.postBackground({[&](JobContext& context) {
                                                          log.add("begin");
                                                          started.count_down();
                                                          posted.wait();
                                                          context.yieldPoint();
                                                          log.add("end");
                                                      },
                                                      [](const Error&) {}});
    started.wait();
    const JobHandle waiting = thread.postBackground(logging(log, "second background"));
    thread.post({[&](JobContext& context) {
                     log.add("long begins");
                     context.yieldPoint(); // not to the next long job
                     log.add("long ends");
                 },
                 [](const Error&) {}});
    thread.post(logging(log, "second long"));
    const JobHandle cancelled = thread.postBackground(logging(log, "third background"));
    cancelled.cancel();
    posted.count_down();
    training.wait();
    waiting.wait();
    cancelled.wait();
    const std::vector<std::string> expected{
        "begin", "cancelled third background", "long begins", "long ends", "ran second long",
        "end",   "ran second background"};
    const std::lock_guard lock(log.mutex);
    QCOMPARE(log.lines, expected);
}

void TestJobs::destructorEndsEveryJobOnce() {
    Log log;
    std::vector<JobHandle> handles;
    {
        std::latch started(1);
        ComputeThread thread;
        handles.push_back(thread.post({[&](JobContext& context) {
                                           started.count_down();
                                           std::mutex mutex;
                                           std::condition_variable_any wake;
                                           std::unique_lock lock(mutex);
                                           wake.wait(lock, context.stop(), [] { return false; });
                                           log.add("ended");
                                       },
                                       [&](const Error&) { log.add("ended"); }}));
        started.wait();
        for (int i = 0; i < 5; ++i) {
            const Job job{[&](JobContext&) { log.add("ended"); }, [&](const Error&) { log.add("ended"); }};
            handles.push_back(i % 3 == 2   ? thread.postBackground(job)
                              : i % 3 == 1 ? thread.post(job)
                                           : thread.postLive(0, job));
        }
    }
    QCOMPARE(log.count("ended"), 6);
    for (const JobHandle& handle : handles)
        QVERIFY(handle.isFinished());
}

void TestJobs::handleWaits() {
    bool ran = false;
    ComputeThread thread;
    const JobHandle handle = thread.post({[&](JobContext&) { ran = true; }, [](const Error&) {}});
    handle.wait();
    QVERIFY(ran);
    QVERIFY(handle.isFinished());
    JobHandle().wait(); // an empty handle is finished
}

QTEST_GUILESS_MAIN(TestJobs)
#include "test_jobs.moc"
