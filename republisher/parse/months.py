"""The names of the months, in full and abbreviated, in the languages feeds write their dates in."""

from __future__ import annotations

from typing import Final

_NAMES: Final = (
    """
    degen ean eanáir ene enero gen gener gennaio ian ianuarie ion ionawr jaan jaanuar jan janar janeiro januar januari
    januarie january január januára janv janvier janvāris janúar jänner led leden ledna oca ocak saus sausio sausis
    sij siječanj siječnja sty styczeń stycznia tammi tammikuu tammikuuta urt urtarrila xan xaneiro yan yanvar ιαν
    ιανουάριος ιανουαρίου нэгдүгээрсар сту студзень студзеня січ січень січня янв январь января яну януари јан јануар
    јануари қаң қаңтар հնվ հունվար հունվարի ינואר جانفي جنوری كانونالثاني يناير ژانویه ژانویهٔ जनवरी जन॰ जाने जानेवारी
    জানু জানুয়ারী ਜਨ ਜਨਵਰੀ જાન્યુ જાન્યુઆરી ஜன ஜனவரி జన జనవరి ಜನ ಜನವರಿ ജനു ജനുവരി มกราคม იან იანვარი
    """,
    """
    chw chwef chwefror feabh feabhra feb febbraio feber febr febreiro febrer febrero februar februari februarie
    february február februára februāris febrúar fev fevereiro fevral fevrier févr février helmi helmikuu helmikuuta
    lut lutego luty ots otsaila peb pebrero shk shkurt vasario vasaris veebr veebruar velj veljača veljače úno
    únor února şub şubat φεβ φεβρουάριος φεβρουαρίου ақп ақпан лют лютага лютий лютого люты феб фебруар фев февр
    февраль февраля февруари хоёрдугаарсар փետրվար փետրվարի փտվ פברואר شباط فبراير فروری فوریه فوریهٔ فيفري फ़रवरी
    फ़र॰ फेब्रु फेब्रुअरी फेब्रुवारी ফেব ফেব্রুয়ারী ਫ਼ਰ ਫ਼ਰਵਰੀ ફેબ્રુ ફેબ્રુઆરી பிப் பிப்ரவரி ఫిబ్ర ఫిబ్రవరి ಫೆಬ್ರ
    ಫೆಬ್ರವರಿ ഫെബ്രു ഫെബ്രുവരി กุมภาพันธ์ თებ თებერვალი
    """,
    """
    bře březen března kov kovas kovo maalis maaliskuu maaliskuuta maart mac machi maerz mar marca march marec maret
    mars marso mart martie marts martxoa marzec marzo març março maw mawrth mrt márc március márta mär märts märz ožu
    ožujak ožujka μάρ μάρτιος μαρ μαρτίου бер березень березня гуравдугаарсар мар март марта нау наурыз сак сакавік
    сакавіка մարտ մարտի մրտ מרץ آذار مارس مارچ मार्च মার্চ ਮਾਰਚ માર્ચ மார் மார்ச் మార్చి ಮಾರ್ಚ್ മാർ മാർച്ച് มีนาคม მარ
    მარტი
    """,
    """
    abr abril aib aibreán api apirila apr aprel april aprile aprili aprilie aprill apríl apríla aprīlis avr avril bal
    balandis balandžio dub duben dubna ebr ebrill huhti huhtikuu huhtikuuta kwi kwiecień kwietnia nis nisan pri prill
    tra travanj travnja ápr április απρ απρίλιος απριλίου апр апрель апреля април дөрөвдүгээрсар квіт квітень квітня
    кра красавік красавіка сәу сәуір ապր ապրիլ ապրիլի אפריל آوریل أبريل أفريل ابريل اپریل نيسان अप्रिल अप्रैल एप्रि
    एप्रिल এপ্রি এপ্রিল ਅਪ੍ਰੈ ਅਪ੍ਰੈਲ એપ્રિલ ஏப் ஏப்ரல் ఏప్రి ఏప్రిల్ ಏಪ್ರಿ ಏಪ್ರಿಲ್ ഏപ്രി ഏപ്രിൽ เมษายน აპრ აპრილი
    """,
    """
    beal bealtaine geg gegužė gegužės kvě květen května mag maggio mai maiatza maig maijs maio maj maja may mayo mayıs
    maí mei máj mája május svi svibanj svibnja touko toukokuu toukokuuta μάι μάιος μαΐ μαΐου май мам мамыр мая мај
    тавдугаарсар трав травень травня մայիս մայիսի մյս מאי أيار مئی ماي مايو مه مهٔ मई मे মে ਮਈ મે மே మే ಮೇ മേയ്
    พฤษภาคม მაი მაისი
    """,
    """
    birž birželio birželis cze czerwca czerwiec eka ekaina giu giugno haz haziran hun hunyo iun iunie iyn iyun juin
    jun june junho juni junie junij junio juny juuni jún júna június júní jūn jūnijs kesä kesäkuu kesäkuuta lipanj
    lipnja meh mehefin meith meitheamh qer qershor xuño červen června čvn ιουν ιουνίου ιούν ιούνιος зургаадугаарсар
    июн июнь июня мау маусым черв червень червня чэр чэрвень чэрвеня юни јун јуни հնս հունիս հունիսի יוני جوان جون
    حزيران يونيو ژوئن जुन जून জুন ਜੂਨ જૂન ஜூன் జూన్ ಜೂನ್ ജൂൺ มิถุนายน ივნ ივნისი
    """,
    """
    dejul gor gorff gorffennaf heinä heinäkuu heinäkuuta hul hulyo iul iulie iyl iyul iúil juil juillet jul julai
    julho juli julie julij julio juliol july juuli júl júla július júlí jūl jūlijs korr korrik liep liepa liepos lipca
    lipiec lug luglio srpanj srpnja tem temmuz uzt uztaila xul xullo července červenec čvc ιουλ ιουλίου ιούλ ιούλιος
    долоодугаарсар июл июль июля лип липень липня ліп ліпень ліпеня шіл шілде юли јул јули հլս հուլիս հուլիսի יולי
    تموز جولائی جويلية يوليو ژوئیه ژوئیهٔ जुलाई जुलै जुल॰ জুল জুলাই ਜੁਲਾ ਜੁਲਾਈ જુલાઈ ஜூலை జులై ಜುಲೈ ജൂലൈ กรกฎาคม ივლ
    ივლისი
    """,
    """
    abu abuztua ag ago agost agosti agosto agu agustus aout août aug august augusta augusti augusts augustus augusztus
    avg avgust avq avqust awst ağu ağustos elo elokuu elokuuta gush gusht kol kolovoz kolovoza lún lúnasa ogo ogos
    rugp rugpjūtis rugpjūčio sierpień sierpnia srpen srpna ágú ágúst αυγ αυγούστου αύγ αύγουστος авг август
    августа жні жнівень жніўня наймдугаарсар серп серпень серпня там тамыз օգոստոս օգոստոսի օգս אוגוסט آب أغسطس أوت
    اغسطس اوت اگست अगस्ट अगस्त अग॰ ऑग ऑगस्ट আগ আগস্ট ਅਗ ਅਗਸਤ ઑગસ્ટ ஆக ஆகஸ்ட் ఆగ ఆగస్టు ಆಗ ಆಗಸ್ಟ್ ഓഗ ഓഗസ്റ്റ് สิงหาคม
    აგვ აგვისტო
    """,
    """
    deset desetembre eyl eylül ira iraila medi meánfómhair mfómh rugs rugsėjis rugsėjo ruj rujan rujna sen sentabr
    sentyabr sep sept septemba septembar september septembra septembre septembrie septembris septiembre set setembre
    setembro settembre setyembre sht shtator syys syyskuu syyskuuta szept szeptember wrz wrzesień września zář září
    σεπ σεπτέμβριος σεπτεμβρίου вер верасень верасня вересень вересня есдүгээрсар сент сентябрь сентября сеп септембар
    септември қыр қыркүйек սեպ սեպտեմբեր սեպտեմբերի ספטמבר أيلول سبتمبر ستمبر سپتامبر सप्टें सप्टेंबर सितंबर सित॰
    सेप्टेम्बर সেপ সেপ্টেম্বর ਸਤੰ ਸਤੰਬਰ સપ્ટે સપ્ટેમ્બર செப் செப்டம்பர் సెప్టెం సెప్టెంబర్ ಸೆಪ್ಟೆಂ ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റം
    സെപ്റ്റംബർ กันยายน სექ სექტემბერი
    """,
    """
    deireadhfómhair dfómh eki ekim hyd hydref loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktabr
    oktoba oktobar oktober oktobris oktoober oktubre oktyabr október októbra ott ottobre out outubro paź październik
    października spal spalio spalis tet tetor urr urria říj říjen října οκτ οκτωβρίου οκτώβριος аравдугаарсар жовт
    жовтень жовтня кас кастрычнік кастрычніка окт октобар октомври октябрь октября қаз қазан հոկ հոկտեմբեր հոկտեմբերի
    אוקטובר أكتوبر اكتوبر اکتبر اکتوبر تشرينالأول अक्टूबर अक्टू॰ अक्टोबर ऑक्टो ऑक्टोबर অক্টো অক্টোবর ਅਕਤੂ ਅਕਤੂਬਰ ઑક્ટો
    ઑક્ટોબર அக் அக்டோபர் అక్టో అక్టోబర్ ಅಕ್ಟೋ ಅಕ್ಟೋಬರ್ ഒക്ടോ ตุลาคม ოქტ ოქტომბერი
    """,
    """
    aza azaroa denov kas kasım lapkr lapkritis lapkričio listopad listopada listopadu marras marraskuu marraskuuta nob
    nobyembre noiembrie nov novemba novembar november novembra novembre novembris novembro noviembre noy noyabr nën
    nëntor nóv nóvember samh samhain stu studeni studenoga tach tachwedd νοέ νοέμβριος νοε νοεμβρίου арваннэгдүгээрсар
    лист листопад листопада ліс лістапад лістапада нов новембар ное ноември нояб ноябрь ноября қар қараша նոյ նոյեմբեր
    նոյեմբերի נובמבר تشرينالثاني نوامبر نوفمبر نومبر नवंबर नव॰ नोभेम्बर नोव्हें नोव्हेंबर নভে নভেম্বর ਨਵੰ ਨਵੰਬਰ નવે
    નવેમ્બર நவ நவம்பர் నవం నవంబర్ ನವೆಂ ನವೆಂಬರ್ നവം നവംബർ พฤศจิกายน ნოე ნოემბერი
    """,
    """
    abe abendua ara aralık dec decembar december decembra decembre decembrie decembris decembro dedes dek dekabr des
    desemba desember desembre dets detsember dez dezember dezembro dhj dhjetor dic dicembre diciembre dis disember
    disyembre déc décembre gru grudnia grudzień gruod gruodis gruodžio joulu joulukuu joulukuuta noll nollaig pro
    prosinac prosinca prosince prosinec rhag rhagfyr δεκ δεκέμβριος δεκεμβρίου арванхоёрдугаарсар груд грудень грудня
    дек декабрь декабря декември дец децембар жел желтоқсан сне снежань снежня դեկ դեկտեմբեր դեկտեմբերի דצמבר دسامبر
    دسمبر ديسمبر كانونالأول डिसें डिसेंबर डिसेम्बर दिसंबर दिस॰ ডিসে ডিসেম্বর ਦਸੰ ਦਸੰਬਰ ડિસે ડિસેમ્બર டிச டிசம்பர்
    డిసెం డిసెంబర్ ಡಿಸೆಂ ಡಿಸೆಂಬರ್ ഡിസം ഡിസംബർ ธันวาคม დეკ დეკემბერი
    """,
)
"""A string to a month. `listopad` is November, as in Polish and Czech, though October in Croatian."""
MONTH_OF: Final = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
