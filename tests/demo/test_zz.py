import resource, time
def test_zz(make_house):
    out = open("/tmp/wt/demo_out.txt", "w")
    house = make_house()
    b = resource.getrusage(resource.RUSAGE_CHILDREN); t = time.time()
    house.manage("load_demo", ROUNDS_DEMO_PASSWORD="round-and-round-1")
    a = resource.getrusage(resource.RUSAGE_CHILDREN)
    print("CPU", a.ru_utime - b.ru_utime, a.ru_stime - b.ru_stime, "wall", time.time() - t, file=out)
    for row in house.rows("""SELECT t.name, count(*) FILTER (WHERE r.kind IN ('visit_due','promise') AND due_on <= (now() at time zone 'Asia/Shanghai')::date), count(*) FILTER (WHERE r.kind IN ('birthday','licence','customer_moved')), count(*) FILTER (WHERE r.kind = 'consent'), count(*) FILTER (WHERE r.kind = 'tier_moved'), count(*) FILTER (WHERE r.kind='target_review') FROM visits_reminder r JOIN accounts_territory t ON t.id = r.territory_id WHERE r.state='open' GROUP BY 1 ORDER BY 1"""):
        print(row, file=out)
    for row in house.rows("SELECT steps FROM base_jobrun WHERE name = 'demo country'"):
        print([(s["name"], s["seconds"]) for s in row[0]], file=out)
    out.close()
