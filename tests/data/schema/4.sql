-- A box of release 0.2 (schema 4) with documents of tests/edge/shop.py's shop; written by sqlite3's iterdump.
BEGIN TRANSACTION;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, epoch TEXT NOT NULL, action TEXT NOT NULL, at_us INTEGER NOT NULL,
  staff INTEGER, approver INTEGER, lane TEXT, sale INTEGER, reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,8,'1-73cf256d','logged_in',1795327200000000,1,NULL,'1',NULL,'','{"by":"known"}');
INSERT INTO "audit" VALUES(2,14,'1-73cf256d','approved',1795327208000000,1,2,'1',NULL,'wrong item','{"what":"sale.void","by":"pin"}');
CREATE TABLE basket (lane TEXT PRIMARY KEY, uid TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE boot (
  id INTEGER PRIMARY KEY,
  boot_id TEXT NOT NULL,
  started_us INTEGER NOT NULL,
  mono_ns INTEGER NOT NULL,
  quality TEXT NOT NULL,
  corrected_us INTEGER
) STRICT;
CREATE TABLE box (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tenant TEXT NOT NULL, store TEXT NOT NULL, box TEXT NOT NULL,
  currency TEXT NOT NULL, exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
  zone TEXT NOT NULL
) STRICT;
INSERT INTO "box" VALUES(1,'demo','S01','box-1','CNY',2,'Asia/Shanghai');
CREATE TABLE cash_move (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, shift INTEGER NOT NULL REFERENCES shift (id),
  kind TEXT NOT NULL CHECK (kind IN ('in', 'out', 'no_sale')), amount INTEGER NOT NULL CHECK (amount >= 0),
  reason TEXT NOT NULL, staff INTEGER NOT NULL REFERENCES staff (id), approver INTEGER REFERENCES staff (id),
  at_us INTEGER NOT NULL
) STRICT;
CREATE TABLE category (
  version INTEGER NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
  name_zh TEXT NOT NULL, name_en TEXT NOT NULL, icon TEXT NOT NULL, tint TEXT NOT NULL,
  PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "category" VALUES(1,'drink',1,'饮料','Drinks','cup','blue');
INSERT INTO "category" VALUES(1,'food',0,'食品','Food','apple','green');
INSERT INTO "category" VALUES(2,'drink',1,'饮料','Drinks','cup','blue');
INSERT INTO "category" VALUES(2,'food',0,'食品','Food','apple','green');
CREATE TABLE change (topic TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "change" VALUES('catalog',2);
INSERT INTO "change" VALUES('setting',2);
CREATE TABLE consent (
  id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id),
  purpose TEXT NOT NULL CHECK (purpose <> ''),
  granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
  text_version INTEGER NOT NULL, at_us INTEGER NOT NULL, channel TEXT NOT NULL
) STRICT;
INSERT INTO "consent" VALUES(1,1,'points',1,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(2,1,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(3,1,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(4,1,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(5,1,'behaviour',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(6,2,'points',1,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(7,2,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(8,2,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(9,2,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(10,2,'behaviour',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(11,3,'points',1,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(12,3,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(13,3,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(14,3,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(15,3,'behaviour',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(16,4,'points',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(17,4,'offers',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(18,4,'birthday',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(19,4,'messages',0,1,1795240800000000,'till');
INSERT INTO "consent" VALUES(20,4,'behaviour',0,1,1795240800000000,'till');
CREATE TABLE epoch (
  n INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
INSERT INTO "epoch" VALUES(1,'1-73cf256d',1795240800000000,'first');
CREATE TABLE filling (id INTEGER PRIMARY KEY CHECK (id = 1), job TEXT NOT NULL) STRICT;
CREATE TABLE held (
  uid TEXT PRIMARY KEY, lane TEXT NOT NULL, to_lane TEXT, title TEXT NOT NULL, body TEXT NOT NULL,
  total INTEGER NOT NULL, lines INTEGER NOT NULL, staff INTEGER NOT NULL REFERENCES staff (id), at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE item (id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "item" VALUES(1,'MILK');
INSERT INTO "item" VALUES(2,'APPLES');
INSERT INTO "item" VALUES(3,'WINE');
INSERT INTO "item" VALUES(4,'BREAD');
INSERT INTO "item" VALUES(5,'GUM');
INSERT INTO "item" VALUES(6,'HAMPER');
INSERT INTO "item" VALUES(7,'BOTTLE');
INSERT INTO "item" VALUES(8,'COLA');
INSERT INTO "item" VALUES(9,'PHONE');
INSERT INTO "item" VALUES(10,'PILLS');
INSERT INTO "item" VALUES(11,'FLOWERS');
CREATE TABLE job (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL CHECK (kind <> ''), args TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'checked', 'done', 'failed', 'cancelled')),
  step TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
  stop INTEGER NOT NULL DEFAULT 0, mark TEXT NOT NULL DEFAULT '{}', result TEXT NOT NULL DEFAULT '{}',
  staff INTEGER REFERENCES staff (id), queued_us INTEGER NOT NULL, began_us INTEGER, moved_us INTEGER, ended_us INTEGER
) STRICT;
CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL CHECK (stream IN ('a', 'b', 'c')),
  seq INTEGER NOT NULL CHECK (seq > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  body TEXT NOT NULL,
  private TEXT, salt BLOB, private_digest BLOB,
  UNIQUE (epoch, stream, seq)
) STRICT;
INSERT INTO "journal" VALUES(1,'1-73cf256d','a',1,X'A856C815C866836F76CAE23A0E160C19FE66F59BA4BB2403143E5A13F51FB905','{"specversion":"1.0","id":"1","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"ue7746lzzopinaymohbm3tdjfe","consents":["points"],"text_version":1,"channel":"till"}}','{"name":"Bronze Li","phone":"13800000001","birthday":null,"card":"TBX000000000195"}',X'181879932FA91425CB0088539D2C67ED',X'C95BA8A284CA162009BCE4073FF41F15F05848130824E39BBE2B187DBC5730F2');
INSERT INTO "journal" VALUES(2,'1-73cf256d','a',2,X'80C9D68C3804E3B75C7D60FA90C670B74ECF113E00D34C1979C5E88A4B879A05','{"specversion":"1.0","id":"2","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"c43c6jjejsxzytnlwsaxeu7nyy","consents":["points"],"text_version":1,"channel":"till"}}','{"name":"Silver Li","phone":"13800000002","birthday":null,"card":"TBX000000000292"}',X'B1852F27E3EFF9C0CF44DD3F89E7D15F',X'37EECA151B446BEBA45A7120DF7BE78E4F5533806E88AF701E1E6E0269A0A397');
INSERT INTO "journal" VALUES(3,'1-73cf256d','a',3,X'B092252107D63A4AEF949E230391B36568D799883646F332A30AE1713C7025A2','{"specversion":"1.0","id":"3","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"7nyqoneyn2dmwcvyvnt2e237mi","consents":["points"],"text_version":1,"channel":"till"}}','{"name":"Gold Li","phone":"13800000003","birthday":null,"card":"TBX000000000389"}',X'A767779673F778AAF6FA5DB8656ABD72',X'DFB938C8D38CF3BA1526BC56114E7AE62ADF184797169F1867C75A6020640821');
INSERT INTO "journal" VALUES(4,'1-73cf256d','a',4,X'E09DE5863B3EDCC0778742A5D1E4CA7B18F36F476ED5C4EB104EB902A61FE2E4','{"specversion":"1.0","id":"4","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"member.enrolled","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"member":"fbiyqz5gnmgtrhmvqr7l2kmxkm","consents":[],"text_version":1,"channel":"till"}}','{"name":"Silent Li","phone":"13800000004","birthday":null,"card":"TBX000000000486"}',X'8743FEB6D4EA65D003D716849F8558A6',X'61DE4301E3BD3CE04A9A937091F9211327C0BACEDFF225786038EF4B844DC52C');
INSERT INTO "journal" VALUES(5,'1-73cf256d','a',5,X'622DB5F83524B095C04B80A61F1C89D27EA9519643394FD31339E9859EF9D589','{"specversion":"1.0","id":"5","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"shift.opened","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"shift":"a6zx4fezqcjckppp7i4ockzlr4","lane":"old","business_date":"2026-11-21","float":0}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(6,'1-73cf256d','a',6,X'774AE8A737E43639CBDAE82FA4A36A2CAB9AAD5F2AF284B3D4815A19D78224B7','{"specversion":"1.0","id":"6","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"gcyx2cyjecfgkdz6xxjrak4trm","receipt":"S01-old-1-000001","kind":"sale","lane":"old","shift":"a6zx4fezqcjckppp7i4ockzlr4","business_date":"2026-11-21","at":"2026-11-21T06:00:00.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"reason":null,"member":"c43c6jjejsxzytnlwsaxeu7nyy","original":null,"total":100000,"tax":11504,"rounding":0,"saving":0,"lines":[{"n":1,"sku":"HAMPER","code":"6999999999997","name":"年货礼盒","qty":1000,"unit":"pc","unit_price":100000,"discount":0,"total":100000,"group":"A","rate":1300,"tax":11504,"original_n":null,"category":"food"}],"tenders":[{"kind":"cash","amount":100000,"received":100000,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":100000,"tax":11504}],"points_earned":1000,"score_earned":1000,"points_after":1000,"tier_before":"bronze"},"ledger":[{"id":1,"member":"c43c6jjejsxzytnlwsaxeu7nyy","lot":1,"points":1000,"score":1000,"reason":"earn","rule":0,"expires":"2028-11-20","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(7,'1-73cf256d','a',7,X'D74991AAE005333DD1DA21E11DC1F798A25CBD931B06E04DC2875F50294C8D44','{"specversion":"1.0","id":"7","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-21T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"oddkloctq73bg5wencxmomq4ya","receipt":"S01-old-1-000002","kind":"sale","lane":"old","shift":"a6zx4fezqcjckppp7i4ockzlr4","business_date":"2026-11-21","at":"2026-11-21T06:00:00.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"reason":null,"member":"7nyqoneyn2dmwcvyvnt2e237mi","original":null,"total":300000,"tax":34513,"rounding":0,"saving":0,"lines":[{"n":1,"sku":"HAMPER","code":"6999999999997","name":"年货礼盒","qty":3000,"unit":"pc","unit_price":100000,"discount":0,"total":300000,"group":"A","rate":1300,"tax":34513,"original_n":null,"category":"food"}],"tenders":[{"kind":"cash","amount":300000,"received":300000,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":300000,"tax":34513}],"points_earned":3000,"score_earned":3000,"points_after":3000,"tier_before":"bronze"},"ledger":[{"id":2,"member":"7nyqoneyn2dmwcvyvnt2e237mi","lot":2,"points":3000,"score":3000,"reason":"earn","rule":0,"expires":"2028-11-20","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(8,'1-73cf256d','a',8,X'B2422223C5B4B2D8475BE3F943606C41589C0827B8EFA991D533AD88217FB183','{"specversion":"1.0","id":"8","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"audit.logged_in","time":"2026-11-22T06:00:00.000000Z","clock":"synced","v":1,"mode":"live","data":{"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"lane":"1","reason":"","by":"known"}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(9,'1-73cf256d','a',9,X'725D9062B1BCD0A694A9856A05E65E9277457C174E0D3E3D2CB4EA8A6EF777AB','{"specversion":"1.0","id":"9","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"shift.opened","time":"2026-11-22T06:00:03.000000Z","clock":"synced","v":1,"mode":"live","data":{"shift":"3rv7dyndth4cuznktsbht4siwa","lane":"1","business_date":"2026-11-22","float":0}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(10,'1-73cf256d','a',10,X'5D71DA930059A7707A354A822974E1861CCEAC3D3A0A4BFFC2603534CF2D2988','{"specversion":"1.0","id":"10","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:03.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"efrwg2mlkknuvf5xkcjdz2z77u","receipt":"S01-1-1-000001","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:03.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"reason":null,"member":"7nyqoneyn2dmwcvyvnt2e237mi","original":null,"total":2145,"tax":188,"rounding":-5,"saving":100,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":1000,"unit":"pc","unit_price":1250,"discount":100,"total":1150,"group":"A","rate":1300,"tax":132,"original_n":null,"category":"drink"},{"n":2,"sku":"BREAD","code":"6901010101098","name":"Wholemeal bread","qty":1000,"unit":"pc","unit_price":995,"discount":0,"total":995,"group":"C","rate":600,"tax":56,"original_n":null,"category":"food"}],"tenders":[{"kind":"cash","amount":2140,"received":2140,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":1150,"tax":132},{"group":"C","rate":600,"gross":995,"tax":56}],"points_earned":32,"score_earned":21,"points_after":3032,"tier_before":"gold"},"ledger":[{"id":3,"member":"7nyqoneyn2dmwcvyvnt2e237mi","lot":3,"points":32,"score":21,"reason":"earn","rule":0,"expires":"2028-11-21","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(11,'1-73cf256d','a',11,X'661FA57557F48843A48D65A71E6EA07409C0283CC424D7C7FBA0A84EB706A84F','{"specversion":"1.0","id":"11","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:04.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"e3ilsrfcqy5h6o27hwdcndwmiu","receipt":"S01-1-1-000002","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:04.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"reason":null,"member":null,"original":null,"total":1250,"tax":144,"rounding":0,"saving":0,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":1000,"unit":"pc","unit_price":1250,"discount":0,"total":1250,"group":"A","rate":1300,"tax":144,"original_n":null,"category":"drink"}],"tenders":[{"kind":"cash","amount":1250,"received":1250,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":1250,"tax":144}],"points_earned":0,"score_earned":0,"points_after":null,"tier_before":null},"ledger":[]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(12,'1-73cf256d','a',12,X'284610C5548E7E1D298C816EB8FED9CEAC48FE01DE0F0247B7BE4DD38589F04D','{"specversion":"1.0","id":"12","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:06.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"apqkqe55ykxjsy6s4siil3zuga","receipt":"S01-1-1-000003","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:06.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"reason":null,"member":"c43c6jjejsxzytnlwsaxeu7nyy","original":null,"total":995,"tax":56,"rounding":-5,"saving":0,"lines":[{"n":1,"sku":"BREAD","code":"6901010101098","name":"Wholemeal bread","qty":1000,"unit":"pc","unit_price":995,"discount":0,"total":995,"group":"C","rate":600,"tax":56,"original_n":null,"category":"food"}],"tenders":[{"kind":"cash","amount":990,"received":990,"change":0,"reference":null}],"taxes":[{"group":"C","rate":600,"gross":995,"tax":56}],"points_earned":11,"score_earned":9,"points_after":1011,"tier_before":"silver"},"ledger":[{"id":4,"member":"c43c6jjejsxzytnlwsaxeu7nyy","lot":4,"points":11,"score":9,"reason":"earn","rule":0,"expires":"2028-11-21","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(13,'1-73cf256d','a',13,X'B81EBD81D17265B5AE27FF0EF8AAEAF134656F9420ABE581C63706179DB0A8A1','{"specversion":"1.0","id":"13","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:00:08.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"6upioiwcdnqjekgon4sbazc5ke","receipt":"S01-1-1-000004","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:08.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"reason":null,"member":"7nyqoneyn2dmwcvyvnt2e237mi","original":null,"total":1150,"tax":132,"rounding":0,"saving":100,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":1000,"unit":"pc","unit_price":1250,"discount":100,"total":1150,"group":"A","rate":1300,"tax":132,"original_n":null,"category":"drink"}],"tenders":[{"kind":"cash","amount":1150,"received":1150,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":1150,"tax":132}],"points_earned":17,"score_earned":11,"points_after":3049,"tier_before":"gold"},"ledger":[{"id":5,"member":"7nyqoneyn2dmwcvyvnt2e237mi","lot":5,"points":17,"score":11,"reason":"earn","rule":0,"expires":"2028-11-21","reverses":null}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(14,'1-73cf256d','a',14,X'CE0722FACACB43C11D06EFF6BC3CF665A6D3CA803E4B6281A7C54F7FD0A08E51','{"specversion":"1.0","id":"14","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"audit.approved","time":"2026-11-22T06:00:08.000000Z","clock":"synced","v":1,"mode":"live","data":{"staff":"qia6fpltvnehm5zu27a4p7piau","approver":"f5c6m6bqtvvxtfs63iznvzcfka","lane":"1","reason":"wrong item","what":"sale.void","by":"pin"}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(15,'1-73cf256d','a',15,X'B3AA71011530F3F286D7EAD8983FFA6332428BB938443E8362F43B11C694318A','{"specversion":"1.0","id":"15","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.voided","time":"2026-11-22T06:00:08.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"c44f9794cdd933160","receipt":"S01-1-1-000005","kind":"void","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:00:08.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":"f5c6m6bqtvvxtfs63iznvzcfka","reason":"wrong item","member":"7nyqoneyn2dmwcvyvnt2e237mi","original":"6upioiwcdnqjekgon4sbazc5ke","total":-1150,"tax":-132,"rounding":0,"saving":-100,"lines":[{"n":1,"sku":"MILK","code":"6901234567892","name":"Milk 1 l","qty":-1000,"unit":"pc","unit_price":1250,"discount":-100,"total":-1150,"group":"A","rate":1300,"tax":-132,"original_n":1,"category":"drink"}],"tenders":[{"kind":"cash","amount":-1150,"received":-1150,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":-1150,"tax":-132}],"points_earned":-17,"score_earned":-11,"points_after":3032,"tier_before":null},"ledger":[{"id":6,"member":"7nyqoneyn2dmwcvyvnt2e237mi","lot":5,"points":-17,"score":-11,"reason":"reverse","rule":0,"expires":"2028-11-21","reverses":5}]}}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(16,'1-73cf256d','a',16,X'CD9368E1C2BD79F78B3C3DCA6BCC954DDBB91FEBEE7AAB1402714C23CD8F47B2','{"specversion":"1.0","id":"16","source":"/tillbox/demo/box-1/1-73cf256d/a","type":"sale.completed","time":"2026-11-22T06:01:09.000000Z","clock":"synced","v":1,"mode":"live","data":{"sale":{"uid":"2lkyiqyh6brm5r5tc7mu2h7at4","receipt":"S01-1-1-000006","kind":"sale","lane":"1","shift":"3rv7dyndth4cuznktsbht4siwa","business_date":"2026-11-22","at":"2026-11-22T06:01:09.000000Z","mode":"live","currency":"CNY","exponent":2,"staff":"qia6fpltvnehm5zu27a4p7piau","approver":null,"reason":null,"member":null,"original":null,"total":333,"tax":38,"rounding":-3,"saving":0,"lines":[{"n":1,"sku":"GUM","code":"012345678905","name":"Chewing gum","qty":1000,"unit":"pc","unit_price":333,"discount":0,"total":333,"group":"A","rate":1300,"tax":38,"original_n":null,"category":"food"}],"tenders":[{"kind":"cash","amount":330,"received":330,"change":0,"reference":null}],"taxes":[{"group":"A","rate":1300,"gross":333,"tax":38}],"points_earned":0,"score_earned":0,"points_after":null,"tier_before":null},"ledger":[]}}',NULL,NULL,NULL);
CREATE TABLE lane_screen (lane TEXT PRIMARY KEY, token_hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id),
  lot INTEGER NOT NULL, points INTEGER NOT NULL, score INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  sale INTEGER REFERENCES sale (id), rule_version INTEGER NOT NULL,
  expires_on TEXT, at_us INTEGER NOT NULL, reverses INTEGER REFERENCES ledger (id)
) STRICT;
INSERT INTO "ledger" VALUES(1,2,1,1000,1000,'earn',1,0,'2028-11-20',1795240800000000,NULL);
INSERT INTO "ledger" VALUES(2,3,2,3000,3000,'earn',2,0,'2028-11-20',1795240800000000,NULL);
INSERT INTO "ledger" VALUES(3,3,3,32,21,'earn',3,0,'2028-11-21',1795327203000000,NULL);
INSERT INTO "ledger" VALUES(4,2,4,11,9,'earn',5,0,'2028-11-21',1795327206000000,NULL);
INSERT INTO "ledger" VALUES(5,3,5,17,11,'earn',6,0,'2028-11-21',1795327208000000,NULL);
INSERT INTO "ledger" VALUES(6,3,5,-17,-11,'reverse',7,0,'2028-11-21',1795327208000000,5);
CREATE TABLE line_discount (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''), amount INTEGER NOT NULL, reason TEXT NOT NULL, approver INTEGER,
  PRIMARY KEY (sale, n, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE line_extra (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  list_price INTEGER, note TEXT, lot TEXT, serial TEXT, expiry TEXT,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE member (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,
  name TEXT, phone_hash TEXT UNIQUE, phone_last4 TEXT, phone_prefix TEXT, birthday TEXT,
  state TEXT NOT NULL DEFAULT 'active', joined_us INTEGER NOT NULL
) STRICT;
INSERT INTO "member" VALUES(1,'ue7746lzzopinaymohbm3tdjfe','Bronze Li','15aa341fb6168558b6520cbe95515a9265ab399de0a323c64d98352cd3531067','0001','138',NULL,'active',1795240800000000);
INSERT INTO "member" VALUES(2,'c43c6jjejsxzytnlwsaxeu7nyy','Silver Li','ecc5737fd2bf7d99f4f227c1c33431788edf9d9a5caa40c75d3338f9417dde64','0002','138',NULL,'active',1795240800000000);
INSERT INTO "member" VALUES(3,'7nyqoneyn2dmwcvyvnt2e237mi','Gold Li','37c71c4bcd94af57f97d82a6aca9d281b8271e188506de3e74520c4f28fc9ed1','0003','138',NULL,'active',1795240800000000);
INSERT INTO "member" VALUES(4,'fbiyqz5gnmgtrhmvqr7l2kmxkm','Silent Li','65932c80217bb0ad88f167e590fc0b98835d7cbbf3f589e91c7f5fc532495f7c','0004','138',NULL,'active',1795240800000000);
CREATE TABLE member_card (
  code TEXT PRIMARY KEY, member INTEGER NOT NULL REFERENCES member (id), state TEXT NOT NULL DEFAULT 'active'
) STRICT, WITHOUT ROWID;
INSERT INTO "member_card" VALUES('TBX000000000195',1,'active');
INSERT INTO "member_card" VALUES('TBX000000000292',2,'active');
INSERT INTO "member_card" VALUES('TBX000000000389',3,'active');
INSERT INTO "member_card" VALUES('TBX000000000486',4,'active');
CREATE TABLE model_buy (
  member INTEGER NOT NULL, product INTEGER NOT NULL, n INTEGER NOT NULL,
  first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, w REAL NOT NULL, wb REAL NOT NULL,
  PRIMARY KEY (member, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE model_member (
  member INTEGER PRIMARY KEY, baskets INTEGER NOT NULL, origin_us INTEGER NOT NULL, origin_basket INTEGER NOT NULL
) STRICT;
CREATE TABLE model_pair (
  a INTEGER NOT NULL, b INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE TABLE model_product (
  product INTEGER PRIMARY KEY, sales INTEGER NOT NULL, buyers INTEGER NOT NULL, extra INTEGER NOT NULL,
  root REAL NOT NULL, factor REAL NOT NULL
) STRICT;
CREATE TABLE model_state (
  id INTEGER PRIMARY KEY CHECK (id = 1), sale INTEGER NOT NULL, consent INTEGER NOT NULL
) STRICT;
INSERT INTO "model_state" VALUES(1,0,0);
CREATE TABLE offer_decline (
  member INTEGER NOT NULL REFERENCES member (id), product INTEGER NOT NULL,
  at_us INTEGER NOT NULL, until_us INTEGER NOT NULL, times INTEGER NOT NULL CHECK (times > 0), basket TEXT,
  PRIMARY KEY (member, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE pin_code (
  staff INTEGER PRIMARY KEY REFERENCES staff (id), code_hash TEXT NOT NULL, boot_id TEXT NOT NULL,
  until_ns INTEGER NOT NULL, made_by INTEGER REFERENCES staff (id)
) STRICT;
CREATE TABLE pin_guard (
  who TEXT PRIMARY KEY, fails INTEGER NOT NULL, boot_id TEXT NOT NULL, until_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pointer (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "pointer" VALUES('catalog',2);
INSERT INTO "pointer" VALUES('price',2);
CREATE TABLE price (
  version INTEGER NOT NULL, product INTEGER NOT NULL, list TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 100000000),
  PRIMARY KEY (version, product, list)
) STRICT, WITHOUT ROWID;
INSERT INTO "price" VALUES(1,1,'base',1250);
INSERT INTO "price" VALUES(1,1,'member',1150);
INSERT INTO "price" VALUES(1,2,'base',1280);
INSERT INTO "price" VALUES(1,3,'base',8800);
INSERT INTO "price" VALUES(1,4,'base',995);
INSERT INTO "price" VALUES(1,5,'base',333);
INSERT INTO "price" VALUES(1,6,'base',100000);
INSERT INTO "price" VALUES(2,1,'base',1250);
INSERT INTO "price" VALUES(2,1,'member',1150);
INSERT INTO "price" VALUES(2,2,'base',1280);
INSERT INTO "price" VALUES(2,3,'base',8800);
INSERT INTO "price" VALUES(2,4,'base',995);
INSERT INTO "price" VALUES(2,5,'base',333);
INSERT INTO "price" VALUES(2,6,'base',100000);
INSERT INTO "price" VALUES(2,7,'base',50);
INSERT INTO "price" VALUES(2,8,'base',350);
INSERT INTO "price" VALUES(2,8,'member',300);
INSERT INTO "price" VALUES(2,9,'base',49900);
INSERT INTO "price" VALUES(2,10,'base',1990);
INSERT INTO "price" VALUES(2,11,'base',0);
CREATE TABLE price_base (version INTEGER PRIMARY KEY, base INTEGER NOT NULL CHECK (base < version)) STRICT;
CREATE TABLE price_change (
  product INTEGER NOT NULL, list TEXT NOT NULL, version INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN -1 AND 100000000), at_us INTEGER NOT NULL, staff INTEGER,
  PRIMARY KEY (product, list, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE price_plan (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, product INTEGER NOT NULL, list TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN -1 AND 100000000), from_us INTEGER NOT NULL,
  staff INTEGER NOT NULL REFERENCES staff (id), made_us INTEGER NOT NULL, done_us INTEGER, dropped_us INTEGER
) STRICT;
CREATE TABLE print_job (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, printer TEXT NOT NULL, lane TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  sale INTEGER REFERENCES sale (id), copy_no INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'printed', 'sent', 'uncertain', 'failed', 'dropped')),
  reason TEXT, queued_us INTEGER NOT NULL, done_us INTEGER
, ref TEXT, lang TEXT) STRICT;
INSERT INTO "print_job" VALUES(1,'efrwg2mlkknuvf5xkcjdz2z77u-drawer','printer-1','1','drawer',3,0,'queued',NULL,1795327203000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(2,'efrwg2mlkknuvf5xkcjdz2z77u','printer-1','1','receipt',3,0,'queued',NULL,1795327203000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(3,'e3ilsrfcqy5h6o27hwdcndwmiu-drawer','printer-1','1','drawer',4,0,'queued',NULL,1795327204000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(4,'e3ilsrfcqy5h6o27hwdcndwmiu','printer-1','1','receipt',4,0,'queued',NULL,1795327204000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(5,'apqkqe55ykxjsy6s4siil3zuga-drawer','printer-1','1','drawer',5,0,'queued',NULL,1795327206000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(6,'apqkqe55ykxjsy6s4siil3zuga','printer-1','1','receipt',5,0,'queued',NULL,1795327206000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(7,'6upioiwcdnqjekgon4sbazc5ke-drawer','printer-1','1','drawer',6,0,'queued',NULL,1795327208000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(8,'6upioiwcdnqjekgon4sbazc5ke','printer-1','1','receipt',6,0,'queued',NULL,1795327208000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(9,'c44f9794cdd933160-drawer','printer-1','1','drawer',7,0,'queued',NULL,1795327208000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(10,'c44f9794cdd933160','printer-1','1','receipt',7,0,'queued',NULL,1795327208000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(11,'2lkyiqyh6brm5r5tc7mu2h7at4-drawer','printer-1','1','drawer',8,0,'queued',NULL,1795327269000000,NULL,NULL,NULL);
INSERT INTO "print_job" VALUES(12,'2lkyiqyh6brm5r5tc7mu2h7at4','printer-1','1','receipt',8,0,'queued',NULL,1795327269000000,NULL,NULL,NULL);
CREATE TABLE product (
  version INTEGER NOT NULL, id INTEGER NOT NULL, sku TEXT NOT NULL, gtin TEXT,
  name_zh TEXT NOT NULL, name_en TEXT NOT NULL, search TEXT NOT NULL,
  category TEXT NOT NULL, icon TEXT NOT NULL,
  unit TEXT NOT NULL CHECK (unit IN ('pc', 'kg')),
  tax_group TEXT NOT NULL, flags TEXT NOT NULL DEFAULT '',
  frequent INTEGER NOT NULL DEFAULT 0, active INTEGER NOT NULL DEFAULT 1, deposit INTEGER, low INTEGER, initials TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "product" VALUES(1,1,'MILK','6901234567892','纯牛奶 1L','Milk 1 l','纯牛奶 1l
milk 1 lcnn	milk 6901234567892','drink','tag','pc','A','',1,1,NULL,NULL,'cnn');
INSERT INTO "product" VALUES(1,2,'APPLES',NULL,'红富士苹果','Fuji apples','红富士苹果
fuji apples	apples 10101','food','tag','kg','B','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(1,3,'WINE','6923450657713','干红葡萄酒','Red wine','干红葡萄酒
red wine	wine 6923450657713','drink','tag','pc','A','age18',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(1,4,'BREAD','6901010101098','全麦面包','Wholemeal bread','全麦面包
wholemeal bread	bread 6901010101098','food','tag','pc','C','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(1,5,'GUM','012345678905','口香糖','Chewing gum','口香糖
chewing gum	gum 012345678905','food','tag','pc','A','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(1,6,'HAMPER','6999999999997','年货礼盒','Gift hamper','年货礼盒
gift hamper	hamper 6999999999997','food','tag','pc','A','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,1,'MILK','6901234567892','纯牛奶 1L','Milk 1 l','纯牛奶 1l
milk 1 lcnn	milk 6901234567892','drink','tag','pc','A','',1,1,NULL,NULL,'cnn');
INSERT INTO "product" VALUES(2,2,'APPLES',NULL,'红富士苹果','Fuji apples','红富士苹果
fuji apples	apples 10101','food','tag','kg','B','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,3,'WINE','6923450657713','干红葡萄酒','Red wine','干红葡萄酒
red wine	wine 6923450657713','drink','tag','pc','A','age18',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,4,'BREAD','6901010101098','全麦面包','Wholemeal bread','全麦面包
wholemeal bread	bread 6901010101098','food','tag','pc','C','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,5,'GUM','012345678905','口香糖','Chewing gum','口香糖
chewing gum	gum 012345678905','food','tag','pc','A','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,6,'HAMPER','6999999999997','年货礼盒','Gift hamper','年货礼盒
gift hamper	hamper 6999999999997','food','tag','pc','A','',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,7,'BOTTLE',NULL,'空瓶','Bottle deposit','空瓶
bottle deposit	bottle','drink','tag','pc','Z','deposit',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,8,'COLA',NULL,'可乐','Cola','可乐
cola	cola','drink','tag','pc','A','',0,1,7,NULL,'');
INSERT INTO "product" VALUES(2,9,'PHONE',NULL,'手机','Phone','手机
phone	phone','food','tag','pc','A','serial',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,10,'PILLS',NULL,'感冒药','Cold pills','感冒药
cold pills	pills','food','tag','pc','B','lot',0,1,NULL,NULL,'');
INSERT INTO "product" VALUES(2,11,'FLOWERS',NULL,'鲜花','Flowers','鲜花
flowers	flowers','food','tag','pc','C','open_price',0,1,NULL,NULL,'');
CREATE TABLE product_code (
  version INTEGER NOT NULL, code TEXT NOT NULL, product INTEGER NOT NULL,
  PRIMARY KEY (version, code)
) STRICT, WITHOUT ROWID;
INSERT INTO "product_code" VALUES(1,'00012345678905',5);
INSERT INTO "product_code" VALUES(1,'06901010101098',4);
INSERT INTO "product_code" VALUES(1,'06901234567892',1);
INSERT INTO "product_code" VALUES(1,'06923450657713',3);
INSERT INTO "product_code" VALUES(1,'06999999999997',6);
INSERT INTO "product_code" VALUES(1,'APPLES',2);
INSERT INTO "product_code" VALUES(1,'BREAD',4);
INSERT INTO "product_code" VALUES(1,'GUM',5);
INSERT INTO "product_code" VALUES(1,'HAMPER',6);
INSERT INTO "product_code" VALUES(1,'MILK',1);
INSERT INTO "product_code" VALUES(1,'WINE',3);
INSERT INTO "product_code" VALUES(1,'plu:10101',2);
INSERT INTO "product_code" VALUES(2,'00012345678905',5);
INSERT INTO "product_code" VALUES(2,'06901010101098',4);
INSERT INTO "product_code" VALUES(2,'06901234567892',1);
INSERT INTO "product_code" VALUES(2,'06923450657713',3);
INSERT INTO "product_code" VALUES(2,'06999999999997',6);
INSERT INTO "product_code" VALUES(2,'APPLES',2);
INSERT INTO "product_code" VALUES(2,'BOTTLE',7);
INSERT INTO "product_code" VALUES(2,'BREAD',4);
INSERT INTO "product_code" VALUES(2,'COLA',8);
INSERT INTO "product_code" VALUES(2,'FLOWERS',11);
INSERT INTO "product_code" VALUES(2,'GUM',5);
INSERT INTO "product_code" VALUES(2,'HAMPER',6);
INSERT INTO "product_code" VALUES(2,'MILK',1);
INSERT INTO "product_code" VALUES(2,'PHONE',9);
INSERT INTO "product_code" VALUES(2,'PILLS',10);
INSERT INTO "product_code" VALUES(2,'WINE',3);
INSERT INTO "product_code" VALUES(2,'plu:10101',2);
CREATE TABLE request_seen (
  key TEXT PRIMARY KEY, what TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL, at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sale (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,                       -- the basket's: one basket, one sale
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'return')),
  lane TEXT NOT NULL, series INTEGER NOT NULL, number INTEGER NOT NULL CHECK (number > 0),
  shift INTEGER NOT NULL REFERENCES shift (id), business_date TEXT NOT NULL,
  at_us INTEGER NOT NULL, clock TEXT NOT NULL, mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')),
  staff INTEGER NOT NULL REFERENCES staff (id), approver INTEGER REFERENCES staff (id), reason TEXT,
  member INTEGER REFERENCES member (id), original INTEGER REFERENCES sale (id),
  currency TEXT NOT NULL, exponent INTEGER NOT NULL, lang TEXT NOT NULL,
  total INTEGER NOT NULL, tax INTEGER NOT NULL, saving INTEGER NOT NULL, rounding INTEGER NOT NULL,
  points INTEGER NOT NULL, score INTEGER NOT NULL, points_after INTEGER, score_after INTEGER, tier TEXT,
  catalog_version INTEGER NOT NULL, price_version INTEGER NOT NULL, rule_version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  UNIQUE (lane, series, number)
) STRICT;
INSERT INTO "sale" VALUES(1,'gcyx2cyjecfgkdz6xxjrak4trm','sale','old',1,1,1,'2026-11-21',1795240800000000,'synced','live',1,NULL,NULL,2,NULL,'CNY',2,'zh-CN',100000,11504,0,0,1000,1000,1000,1000,'bronze',1,1,0,6);
INSERT INTO "sale" VALUES(2,'oddkloctq73bg5wencxmomq4ya','sale','old',1,2,1,'2026-11-21',1795240800000000,'synced','live',1,NULL,NULL,3,NULL,'CNY',2,'zh-CN',300000,34513,0,0,3000,3000,3000,3000,'bronze',1,1,0,7);
INSERT INTO "sale" VALUES(3,'efrwg2mlkknuvf5xkcjdz2z77u','sale','1',1,1,2,'2026-11-22',1795327203000000,'synced','live',1,NULL,NULL,3,NULL,'CNY',2,'en',2145,188,100,-5,32,21,3032,3021,'gold',1,1,0,10);
INSERT INTO "sale" VALUES(4,'e3ilsrfcqy5h6o27hwdcndwmiu','sale','1',1,2,2,'2026-11-22',1795327204000000,'synced','live',1,NULL,NULL,NULL,NULL,'CNY',2,'en',1250,144,0,0,0,0,NULL,NULL,NULL,1,1,0,11);
INSERT INTO "sale" VALUES(5,'apqkqe55ykxjsy6s4siil3zuga','sale','1',1,3,2,'2026-11-22',1795327206000000,'synced','live',1,NULL,NULL,2,NULL,'CNY',2,'en',995,56,0,-5,11,9,1011,1009,'silver',1,1,0,12);
INSERT INTO "sale" VALUES(6,'6upioiwcdnqjekgon4sbazc5ke','sale','1',1,4,2,'2026-11-22',1795327208000000,'synced','live',1,NULL,NULL,3,NULL,'CNY',2,'en',1150,132,100,0,17,11,3049,3032,'gold',1,1,0,13);
INSERT INTO "sale" VALUES(7,'c44f9794cdd933160','void','1',1,5,2,'2026-11-22',1795327208000000,'synced','live',1,2,'wrong item',3,6,'CNY',2,'en',-1150,-132,-100,0,-17,-11,3032,3021,NULL,1,1,0,15);
INSERT INTO "sale" VALUES(8,'2lkyiqyh6brm5r5tc7mu2h7at4','sale','1',1,6,2,'2026-11-22',1795327269000000,'synced','live',1,NULL,NULL,NULL,NULL,'CNY',2,'en',333,38,0,-3,0,0,NULL,NULL,NULL,2,2,0,16);
CREATE TABLE sale_line (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  product INTEGER NOT NULL, sku TEXT NOT NULL, code TEXT, name TEXT NOT NULL,
  qty INTEGER NOT NULL CHECK (qty <> 0), unit TEXT NOT NULL,
  unit_price INTEGER NOT NULL, discount INTEGER NOT NULL, total INTEGER NOT NULL,
  tax_group TEXT NOT NULL, rate INTEGER NOT NULL, tax INTEGER NOT NULL,
  original_n INTEGER, category TEXT NOT NULL DEFAULT '', original INTEGER REFERENCES sale (id),
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
INSERT INTO "sale_line" VALUES(1,1,6,'HAMPER','6999999999997','年货礼盒',1000,'pc',100000,0,100000,'A',1300,11504,NULL,'food',NULL);
INSERT INTO "sale_line" VALUES(2,1,6,'HAMPER','6999999999997','年货礼盒',3000,'pc',100000,0,300000,'A',1300,34513,NULL,'food',NULL);
INSERT INTO "sale_line" VALUES(3,1,1,'MILK','6901234567892','Milk 1 l',1000,'pc',1250,100,1150,'A',1300,132,NULL,'drink',NULL);
INSERT INTO "sale_line" VALUES(3,2,4,'BREAD','6901010101098','Wholemeal bread',1000,'pc',995,0,995,'C',600,56,NULL,'food',NULL);
INSERT INTO "sale_line" VALUES(4,1,1,'MILK','6901234567892','Milk 1 l',1000,'pc',1250,0,1250,'A',1300,144,NULL,'drink',NULL);
INSERT INTO "sale_line" VALUES(5,1,4,'BREAD','6901010101098','Wholemeal bread',1000,'pc',995,0,995,'C',600,56,NULL,'food',NULL);
INSERT INTO "sale_line" VALUES(6,1,1,'MILK','6901234567892','Milk 1 l',1000,'pc',1250,100,1150,'A',1300,132,NULL,'drink',NULL);
INSERT INTO "sale_line" VALUES(7,1,1,'MILK','6901234567892','Milk 1 l',-1000,'pc',1250,-100,-1150,'A',1300,-132,1,'drink',6);
INSERT INTO "sale_line" VALUES(8,1,5,'GUM','012345678905','Chewing gum',1000,'pc',333,0,333,'A',1300,38,NULL,'food',NULL);
CREATE TABLE "sale_tax" (
  sale INTEGER NOT NULL REFERENCES sale (id), tax_group TEXT NOT NULL,
  rate INTEGER NOT NULL, gross INTEGER NOT NULL, tax INTEGER NOT NULL,
  PRIMARY KEY (sale, tax_group, rate)
) STRICT, WITHOUT ROWID;
INSERT INTO "sale_tax" VALUES(1,'A',1300,100000,11504);
INSERT INTO "sale_tax" VALUES(2,'A',1300,300000,34513);
INSERT INTO "sale_tax" VALUES(3,'A',1300,1150,132);
INSERT INTO "sale_tax" VALUES(3,'C',600,995,56);
INSERT INTO "sale_tax" VALUES(4,'A',1300,1250,144);
INSERT INTO "sale_tax" VALUES(5,'C',600,995,56);
INSERT INTO "sale_tax" VALUES(6,'A',1300,1150,132);
INSERT INTO "sale_tax" VALUES(7,'A',1300,-1150,-132);
INSERT INTO "sale_tax" VALUES(8,'A',1300,333,38);
CREATE TABLE schema_info (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  min_reader INTEGER NOT NULL CHECK (min_reader <= version)
) STRICT;
INSERT INTO "schema_info" VALUES(1,4,4);
CREATE TABLE "schema_migration" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL, "applied" DATETIME NOT NULL);
INSERT INTO "schema_migration" VALUES(1,'0001_first','2026-11-28 03:39:39.224604');
INSERT INTO "schema_migration" VALUES(2,'0002_shift_tenders','2026-11-28 03:39:39.226101');
INSERT INTO "schema_migration" VALUES(3,'0003_recommend','2026-11-28 03:39:39.226971');
INSERT INTO "schema_migration" VALUES(4,'0004_day','2026-11-28 03:39:39.236821');
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY, staff INTEGER NOT NULL REFERENCES staff (id), lane TEXT NOT NULL,
  boot_id TEXT NOT NULL, started_ns INTEGER NOT NULL, lang TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "session" VALUES('c43669e4fbe3f4aecd7f6656505177dd5940e230ba6745d50215f42cad33933e',1,'1','boot-1',1000000000,'en');
CREATE TABLE setting (
  name TEXT NOT NULL, version INTEGER NOT NULL,
  value TEXT NOT NULL, at_us INTEGER NOT NULL, by_whom TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
INSERT INTO "setting" VALUES('store_name',1,'{"en": "Corner shop", "zh-CN": "街角小店"}',1795240800000000,'test');
INSERT INTO "setting" VALUES('tenders',1,'["cash", "card", "stored", "account"]',1795327268000000,'test');
CREATE TABLE shift (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, business_date TEXT NOT NULL,
  opened_us INTEGER NOT NULL, opened_by INTEGER NOT NULL, float_amount INTEGER NOT NULL,
  closed_us INTEGER, closed_by INTEGER
, expected INTEGER, counted INTEGER, after_sale INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "shift" VALUES(1,'a6zx4fezqcjckppp7i4ockzlr4','old','2026-11-21',1795240800000000,1,0,NULL,NULL,NULL,NULL,0);
INSERT INTO "shift" VALUES(2,'3rv7dyndth4cuznktsbht4siwa','1','2026-11-22',1795327203000000,1,0,NULL,NULL,NULL,NULL,2);
CREATE TABLE staff (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, name_zh TEXT NOT NULL, name_en TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role <> ''),
  pin_hash TEXT NOT NULL, badge TEXT UNIQUE, active INTEGER NOT NULL DEFAULT 1
, lang TEXT) STRICT;
INSERT INTO "staff" VALUES(1,'qia6fpltvnehm5zu27a4p7piau','陈晓','Xiao Chen','cashier','$argon2id$v=19$m=19456,t=2,p=1$v3jsoqlVK915muvi2dinpg$mSpGzkiDm6fU/Y+CIx8Y6WvpqlEbDr3Upj9PLHj0eGI','TBS0000000195',1,NULL);
INSERT INTO "staff" VALUES(2,'f5c6m6bqtvvxtfs63iznvzcfka','王敏','Min Wang','manager','$argon2id$v=19$m=19456,t=2,p=1$0bisl+Y8xFm6PlU1RMXZ7w$RbVbVq3d+ePqaE+JMnpeg2unFLsbzjJrp7FadTUmOdw',NULL,1,NULL);
CREATE TABLE stock (product INTEGER PRIMARY KEY, qty INTEGER NOT NULL, since INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "stock" VALUES(1,98000,2);
INSERT INTO "stock" VALUES(2,100000,2);
INSERT INTO "stock" VALUES(3,100000,2);
INSERT INTO "stock" VALUES(4,98000,2);
INSERT INTO "stock" VALUES(5,99000,2);
INSERT INTO "stock" VALUES(6,100000,2);
CREATE TABLE stock_count (
  uid TEXT PRIMARY KEY, mode TEXT NOT NULL, scope TEXT NOT NULL, staff INTEGER NOT NULL REFERENCES staff (id),
  at_us INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'booking', 'booked', 'dropped')),
  choices TEXT NOT NULL DEFAULT '{}'
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_doc (
  uid TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('delivery', 'write_off', 'correction', 'count')),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'training', 'demo')), lane TEXT,
  staff INTEGER NOT NULL REFERENCES staff (id), at_us INTEGER NOT NULL,
  supplier TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  lines INTEGER NOT NULL CHECK (lines >= 0), booked INTEGER NOT NULL CHECK (booked BETWEEN 0 AND lines),
  digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_list (
  lane TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('delivery', 'write_off')), uid TEXT NOT NULL UNIQUE,
  supplier TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (lane, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_list_line (
  list TEXT NOT NULL, n INTEGER NOT NULL, product INTEGER NOT NULL, qty INTEGER NOT NULL CHECK (qty >= 0),
  lot TEXT NOT NULL DEFAULT '', expiry TEXT NOT NULL DEFAULT '', cost INTEGER CHECK (cost >= 0),
  PRIMARY KEY (list, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_lot (
  product INTEGER NOT NULL, lot TEXT NOT NULL, expiry TEXT NOT NULL, qty INTEGER NOT NULL,
  PRIMARY KEY (product, expiry, lot)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_move (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL, qty INTEGER NOT NULL,
  reason TEXT NOT NULL, at_us INTEGER NOT NULL, staff INTEGER
, doc TEXT, note TEXT, lot TEXT, expiry TEXT, after_sale INTEGER NOT NULL DEFAULT 0, cost INTEGER CHECK (cost >= 0)) STRICT;
INSERT INTO "stock_move" VALUES(1,1,100000,'count',1795240800000000,NULL,NULL,NULL,NULL,NULL,2,NULL);
INSERT INTO "stock_move" VALUES(2,2,100000,'count',1795240800000000,NULL,NULL,NULL,NULL,NULL,2,NULL);
INSERT INTO "stock_move" VALUES(3,3,100000,'count',1795240800000000,NULL,NULL,NULL,NULL,NULL,2,NULL);
INSERT INTO "stock_move" VALUES(4,4,100000,'count',1795240800000000,NULL,NULL,NULL,NULL,NULL,2,NULL);
INSERT INTO "stock_move" VALUES(5,5,100000,'count',1795240800000000,NULL,NULL,NULL,NULL,NULL,2,NULL);
INSERT INTO "stock_move" VALUES(6,6,100000,'count',1795240800000000,NULL,NULL,NULL,NULL,NULL,2,NULL);
CREATE TABLE stock_tally (
  count TEXT NOT NULL REFERENCES stock_count (uid), product INTEGER NOT NULL, staff INTEGER NOT NULL,
  lot TEXT NOT NULL, expiry TEXT NOT NULL, qty INTEGER NOT NULL CHECK (qty >= 0),
  book INTEGER NOT NULL, book_first INTEGER NOT NULL, book_lot INTEGER NOT NULL, begun INTEGER NOT NULL DEFAULT 0,
  at_us INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (count, product, staff, expiry, lot)
) STRICT, WITHOUT ROWID;
CREATE TABLE sync_cursor (
  stream TEXT PRIMARY KEY, epoch TEXT NOT NULL, acked INTEGER NOT NULL,
  head BLOB, acked_us INTEGER NOT NULL, hq TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sync_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tender (
  sale INTEGER NOT NULL REFERENCES sale (id), n INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''), amount INTEGER NOT NULL,
  received INTEGER NOT NULL, change INTEGER NOT NULL, reference TEXT,
  PRIMARY KEY (sale, n)
) STRICT, WITHOUT ROWID;
INSERT INTO "tender" VALUES(1,1,'cash',100000,100000,0,NULL);
INSERT INTO "tender" VALUES(2,1,'cash',300000,300000,0,NULL);
INSERT INTO "tender" VALUES(3,1,'cash',2140,2140,0,NULL);
INSERT INTO "tender" VALUES(4,1,'cash',1250,1250,0,NULL);
INSERT INTO "tender" VALUES(5,1,'cash',990,990,0,NULL);
INSERT INTO "tender" VALUES(6,1,'cash',1150,1150,0,NULL);
INSERT INTO "tender" VALUES(7,1,'cash',-1150,-1150,0,NULL);
INSERT INTO "tender" VALUES(8,1,'cash',330,330,0,NULL);
CREATE TABLE value_card (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'active', opened_us INTEGER NOT NULL
) STRICT;
CREATE TABLE value_ledger (
  id INTEGER PRIMARY KEY, card INTEGER NOT NULL REFERENCES value_card (id), amount INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''), sale INTEGER REFERENCES sale (id), at_us INTEGER NOT NULL
) STRICT;
CREATE TABLE version_flip (
  name TEXT NOT NULL, version INTEGER NOT NULL, at_us INTEGER NOT NULL, stamp TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
INSERT INTO "version_flip" VALUES('catalog',1,1795240800000000,'5smrbdo3lnp2xd2nhyt53ikjjq');
INSERT INTO "version_flip" VALUES('catalog',2,1795327268000000,'mm5fb3xa7hqdr24pmjh3qbgyea');
INSERT INTO "version_flip" VALUES('price',1,1795240800000000,'5smrbdo3lnp2xd2nhyt53ikjjq');
INSERT INTO "version_flip" VALUES('price',2,1795327268000000,'mm5fb3xa7hqdr24pmjh3qbgyea');
CREATE TABLE z_report (
  lane TEXT NOT NULL, number INTEGER NOT NULL CHECK (number > 0), shift INTEGER NOT NULL UNIQUE REFERENCES shift (id),
  at_us INTEGER NOT NULL, body TEXT NOT NULL, copies INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (lane, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "schema_migration_name" ON "schema_migration" ("name");
CREATE INDEX consent_member ON consent (member, purpose, id, granted);
CREATE UNIQUE INDEX shift_open ON shift (lane) WHERE closed_us IS NULL;
CREATE UNIQUE INDEX sale_voided_once ON sale (original) WHERE kind = 'void';
CREATE INDEX ledger_member ON ledger (member, points, score);
CREATE INDEX print_job_open ON print_job (printer, state) WHERE state IN ('queued', 'sending', 'uncertain', 'failed');
CREATE INDEX sale_line_original ON sale_line (original, original_n) WHERE original IS NOT NULL;
CREATE INDEX cash_move_shift ON cash_move (shift);
CREATE INDEX value_ledger_card ON value_ledger (card, amount);
CREATE INDEX stock_move_doc ON stock_move (doc) WHERE doc IS NOT NULL;
CREATE INDEX stock_move_product ON stock_move (product);
CREATE UNIQUE INDEX stock_count_open ON stock_count (mode = 'training') WHERE state IN ('open', 'booking');
CREATE VIEW stock_flow AS
  SELECT product, qty, reason FROM stock_move
  UNION ALL SELECT l.product, -l.qty, s.kind FROM sale_line l JOIN sale s ON s.id = l.sale
  JOIN stock k ON k.product = l.product AND l.sale > k.since WHERE s.mode <> 'training';
CREATE VIEW lot_flow AS
  SELECT product, COALESCE(lot, '') AS lot, COALESCE(expiry, '') AS expiry, qty FROM stock_move
  WHERE COALESCE(lot, '') <> '' OR COALESCE(expiry, '') <> ''
  UNION ALL SELECT l.product, COALESCE(x.lot, ''), COALESCE(x.expiry, ''), -l.qty FROM line_extra x
  JOIN sale_line l ON l.sale = x.sale AND l.n = x.n JOIN sale s ON s.id = l.sale
  JOIN stock k ON k.product = l.product AND l.sale > k.since
  WHERE s.mode <> 'training' AND (COALESCE(x.lot, '') <> '' OR COALESCE(x.expiry, '') <> '');
CREATE INDEX price_plan_open ON price_plan (from_us) WHERE done_us IS NULL AND dropped_us IS NULL;
CREATE INDEX tender_account ON tender (sale) WHERE kind = 'account';
CREATE INDEX sale_line_account ON sale_line (sale) WHERE product = -1;
CREATE INDEX value_ledger_sale ON value_ledger (sale);
COMMIT;
