/**
 * Countries as English news names them, every state that CLDR has (Unicode's data, in Node's `Intl`), one a line: its
 * names | its adjectives and people | places, and persons and bodies that stand for it. A headline names a country by the
 * first two; a text mentions it by any of them.
 */
const LINES = `
Afghanistan|Afghan, Afghans|Kabul, Kandahar, Taliban
Albania|Albanian, Albanians|Tirana
Algeria|Algerian, Algerians|Algiers
Andorra|Andorran, Andorrans|Andorra la Vella
Angola|Angolan, Angolans|Luanda
Antigua and Barbuda, Antigua|Antiguan, Antiguans|Barbuda
Argentina, Argentine Republic|Argentine, Argentines, Argentinian, Argentinians|Buenos Aires, Milei
Armenia|Armenian, Armenians|Yerevan
Australia|Australian, Australians, Aussie, Aussies|Canberra, Sydney, Melbourne, Brisbane, Perth, Queensland, New South Wales
Austria|Austrian, Austrians|Vienna, Viennese
Azerbaijan|Azerbaijani, Azerbaijanis, Azeri, Azeris|Baku
Bahamas|Bahamian, Bahamians|Nassau
Bahrain|Bahraini, Bahrainis|Manama
Bangladesh|Bangladeshi, Bangladeshis|Dhaka
Barbados|Barbadian, Barbadians, Bajan|Bridgetown
Belarus|Belarusian, Belarusians, Belarussian|Minsk, Lukashenko
Belgium|Belgian, Belgians|Brussels, Flanders, Flemish, Wallonia, Antwerp
Belize|Belizean, Belizeans|Belmopan
Benin|Beninese, Beninois|Porto-Novo, Cotonou
Bhutan|Bhutanese|Thimphu
Bolivia|Bolivian, Bolivians|La Paz
Bosnia, Bosnia and Herzegovina|Bosnian, Bosnians|Sarajevo
Botswana|Batswana, Motswana|Gaborone
Brazil|Brazilian, Brazilians|Brasilia, Brasília, Rio de Janeiro, São Paulo, Sao Paulo, Bolsonaro
Brunei|Bruneian, Bruneians|Bandar Seri Begawan
Bulgaria|Bulgarian, Bulgarians|Sofia
Burkina Faso|Burkinabe, Burkinabé|Ouagadougou
Burundi|Burundian, Burundians|Bujumbura, Gitega
Cambodia|Cambodian, Cambodians, Khmer|Phnom Penh
Cameroon|Cameroonian, Cameroonians|Yaounde, Yaoundé, Douala
Canada|Canadian, Canadians|Ottawa, Toronto, Montreal, Quebec, Vancouver, Ontario, Alberta, Trudeau
Cape Verde, Cabo Verde|Cape Verdean, Cape Verdeans|Praia
Central African Republic|Central African|Bangui
Chad|Chadian, Chadians|N'Djamena
Chile|Chilean, Chileans|Santiago
China|Chinese|Beijing, Shanghai, Hong Kong, Xi Jinping, Sino-
Colombia|Colombian, Colombians|Bogota, Bogotá, Medellín
Comoros|Comorian, Comorians|Moroni
Congo, DRC, DR Congo|Congolese|Kinshasa, Brazzaville
Costa Rica|Costa Rican, Costa Ricans|
Croatia|Croatian, Croatians, Croat, Croats|Zagreb
Cuba|Cuban, Cubans|Havana
Cyprus|Cypriot, Cypriots|Nicosia
Czech Republic, Czechia|Czech, Czechs|Prague
Denmark|Danish, Dane, Danes|Copenhagen
Djibouti|Djiboutian, Djiboutians|
Dominica||Roseau
Dominican Republic|Dominican, Dominicans|Santo Domingo
East Timor, Timor-Leste|Timorese|Dili
Ecuador|Ecuadorian, Ecuadorians, Ecuadorean, Ecuadoreans|Quito
Egypt|Egyptian, Egyptians|Cairo, Alexandria, Sisi
El Salvador|Salvadoran, Salvadorans, Salvadorean|San Salvador, Bukele
Equatorial Guinea|Equatoguinean, Equatoguineans|Malabo
Eritrea|Eritrean, Eritreans|Asmara
Estonia|Estonian, Estonians|Tallinn
Eswatini, Swaziland|Swazi, Swazis|Mbabane, Lobamba
Ethiopia|Ethiopian, Ethiopians|Addis Ababa, Tigray
Fiji|Fijian, Fijians|Suva
Finland|Finnish, Finn, Finns|Helsinki
France|French, Frenchman, Frenchmen, Frenchwoman|Paris, Parisian, Marseille, Lyon, Macron
Gabon|Gabonese|Libreville
Gambia|Gambian, Gambians|Banjul
Georgia|Georgian, Georgians|Tbilisi
Germany|German, Germans|Berlin, Munich, Frankfurt, Hamburg, Bundestag, Merkel, Scholz
Ghana|Ghanaian, Ghanaians|Accra
Greece|Greek, Greeks|Athens
Greenland|Greenlandic, Greenlander, Greenlanders|Nuuk
Grenada|Grenadian, Grenadians|
Guatemala|Guatemalan, Guatemalans|
Guinea|Guinean, Guineans|Conakry
Guinea-Bissau|Bissau-Guinean|Bissau
Guyana|Guyanese|Georgetown
Haiti|Haitian, Haitians|Port-au-Prince
Honduras|Honduran, Hondurans|Tegucigalpa
Hungary|Hungarian, Hungarians|Budapest, Orban, Orbán
Iceland|Icelandic, Icelander, Icelanders|Reykjavik
India|Indian, Indians|New Delhi, Delhi, Mumbai, Bengaluru, Bangalore, Kolkata, Chennai, Modi
Indonesia|Indonesian, Indonesians|Jakarta, Bali, Sumatra
Iran, Islamic Republic|Iranian, Iranians, Persian|Tehran
Iraq|Iraqi, Iraqis|Baghdad, Mosul
Ireland|Irish, Irishman, Irishwoman|Dublin
Israel|Israeli, Israelis|Jerusalem, Tel Aviv, Netanyahu, IDF
Italy|Italian, Italians|Rome, Milan, Naples, Sicily, Meloni
Ivory Coast, Côte d'Ivoire, Cote d'Ivoire|Ivorian, Ivorians|Abidjan, Yamoussoukro
Jamaica|Jamaican, Jamaicans|
Japan|Japanese|Tokyo, Osaka
Jordan|Jordanian, Jordanians|Amman
Kazakhstan|Kazakh, Kazakhs|Astana, Almaty
Kenya|Kenyan, Kenyans|Nairobi
Kiribati|I-Kiribati|Tarawa
Kosovo|Kosovar, Kosovars, Kosovan|Pristina
Kuwait|Kuwaiti, Kuwaitis|
Kyrgyzstan|Kyrgyz|Bishkek
Laos|Laotian, Laotians, Lao|Vientiane
Latvia|Latvian, Latvians|Riga
Lebanon|Lebanese|Beirut, Hezbollah
Lesotho|Basotho|Maseru
Liberia|Liberian, Liberians|Monrovia
Libya|Libyan, Libyans|Tripoli, Benghazi, Gaddafi
Liechtenstein|Liechtensteiner|Vaduz
Lithuania|Lithuanian, Lithuanians|Vilnius
Luxembourg|Luxembourgish, Luxembourger, Luxembourgers|
Madagascar|Malagasy|Antananarivo
Malawi|Malawian, Malawians|Lilongwe
Malaysia|Malaysian, Malaysians|Kuala Lumpur
Maldives|Maldivian, Maldivians|
Mali|Malian, Malians|Bamako, Timbuktu
Malta|Maltese|Valletta
Marshall Islands|Marshallese|Majuro
Mauritania|Mauritanian, Mauritanians|Nouakchott
Mauritius|Mauritian, Mauritians|Port Louis
Mexico|Mexican, Mexicans|Sheinbaum
Micronesia|Micronesian, Micronesians|Palikir
Moldova|Moldovan, Moldovans|Chisinau, Chișinău
Monaco|Monégasque, Monegasque|Monte Carlo
Mongolia|Mongolian, Mongolians|Ulaanbaatar, Ulan Bator
Montenegro|Montenegrin, Montenegrins|Podgorica
Morocco|Moroccan, Moroccans|Rabat, Casablanca, Marrakesh
Mozambique|Mozambican, Mozambicans|Maputo
Myanmar, Burma|Burmese|Naypyidaw, Yangon, Suu Kyi
Namibia|Namibian, Namibians|Windhoek
Nauru|Nauruan, Nauruans|Yaren
Nepal|Nepali, Nepalis, Nepalese|Kathmandu
Netherlands, Holland|Dutch, Dutchman, Dutchwoman|Amsterdam, The Hague, Rotterdam
New Zealand|New Zealander, New Zealanders, Kiwi, Kiwis|Wellington, Auckland, Christchurch, NZ
Nicaragua|Nicaraguan, Nicaraguans|Managua
Niger|Nigerien, Nigeriens|Niamey
Nigeria|Nigerian, Nigerians|Abuja, Lagos
North Korea, DPRK|North Korean, North Koreans|Pyongyang, Kim Jong Un, Kim Jong-un, the North
North Macedonia|Macedonian, Macedonians|Skopje
Norway|Norwegian, Norwegians|Oslo
Oman|Omani, Omanis|Muscat
Pakistan|Pakistani, Pakistanis|Islamabad, Karachi, Lahore
Palau|Palauan, Palauans|Koror, Ngerulmud
Palestine|Palestinian, Palestinians|Gaza, Gazans, West Bank, Ramallah, Hamas
Panama|Panamanian, Panamanians|
Papua New Guinea|Papua New Guinean, Papua New Guineans|Port Moresby, PNG
Paraguay|Paraguayan, Paraguayans|Asunción
Peru|Peruvian, Peruvians|Lima
Philippines|Philippine, Filipino, Filipinos|Manila, Duterte
Poland|Polish, Pole, Poles|Warsaw, Krakow
Portugal|Portuguese|Lisbon, Porto
Qatar|Qatari, Qataris|Doha
Romania|Romanian, Romanians|Bucharest
Russia, Russian Federation|Russian, Russians|Moscow, Kremlin, Putin, St Petersburg, Soviet
Rwanda|Rwandan, Rwandans|Kigali
Saint Kitts and Nevis, St. Kitts and Nevis, St Kitts and Nevis|Kittitian, Kittitians|Basseterre
Saint Lucia, St. Lucia, St Lucia|Saint Lucian, St. Lucian, St Lucian|Castries
Saint Vincent and the Grenadines, St. Vincent and the Grenadines, St Vincent and the Grenadines|Vincentian, Vincentians|Kingstown
Samoa|Samoan, Samoans|Apia
San Marino|Sammarinese|
São Tomé and Príncipe, Sao Tome and Principe|Santomean, Santomeans|São Tomé, Sao Tome
Saudi Arabia|Saudi, Saudis|Riyadh
Senegal|Senegalese|Dakar
Serbia|Serbian, Serbians, Serb, Serbs|Belgrade
Seychelles|Seychellois|
Sierra Leone|Sierra Leonean, Sierra Leoneans|Freetown
Singapore|Singaporean, Singaporeans|
Slovakia|Slovak, Slovaks, Slovakian|Bratislava
Slovenia|Slovenian, Slovenians, Slovene, Slovenes|Ljubljana
Solomon Islands|Solomon Islander, Solomon Islanders|Honiara
Somalia|Somali, Somalis|Mogadishu, al-Shabab
South Africa|South African, South Africans|Pretoria, Johannesburg, Cape Town, Durban, ANC
South Korea, Republic of Korea|South Korean, South Koreans|Seoul, Busan, K-pop
South Sudan|South Sudanese|Juba
Spain|Spanish, Spaniard, Spaniards|Madrid, Barcelona, Catalan, Catalonia
Sri Lanka|Sri Lankan, Sri Lankans|Colombo
Sudan|Sudanese|Khartoum, Darfur
Suriname|Surinamese|Paramaribo
Sweden|Swedish, Swede, Swedes|Stockholm, Gothenburg
Switzerland|Swiss|Bern, Geneva, Zurich, Zürich, Basel
Syria|Syrian, Syrians|Damascus, Aleppo, Assad
Taiwan|Taiwanese|Taipei
Tajikistan|Tajik, Tajiks|Dushanbe
Tanzania|Tanzanian, Tanzanians|Dodoma, Dar es Salaam, Zanzibar
Thailand|Thai, Thais|Bangkok
Togo|Togolese|Lomé, Lome
Tonga|Tongan, Tongans|Nuku'alofa
Trinidad, Trinidad and Tobago|Trinidadian, Trinidadians|Port of Spain, Tobago
Tunisia|Tunisian, Tunisians|Tunis
Turkey, Türkiye, Turkiye|Turkish, Turk, Turks|Ankara, Istanbul, Erdogan, Erdoğan
Turkmenistan|Turkmen|Ashgabat
Tuvalu|Tuvaluan, Tuvaluans|Funafuti
Uganda|Ugandan, Ugandans|Kampala
Ukraine|Ukrainian, Ukrainians|Kyiv, Kiev, Kharkiv, Zelensky, Zelenskyy, Zelenskiy
United Arab Emirates, UAE, Emirates|Emirati, Emiratis|Abu Dhabi, Dubai
United Kingdom, UK, U.K., Britain, Great Britain, England, Scotland, Wales, Northern Ireland|British, Briton, Britons, Brit, Brits, English, Scottish, Scot, Scots, Welsh|London, Manchester, Birmingham, Liverpool, Edinburgh, Glasgow, Cardiff, Belfast, Westminster, Downing Street, Whitehall, NHS
United States, US, U.S., USA, U.S.A., America|American, Americans|Washington, White House, Pentagon, Trump, Biden, Obama, New York, California, Texas, Florida, Los Angeles, Chicago, San Francisco, Ohio, Pennsylvania, Illinois, Virginia, Michigan, Arizona, Massachusetts, Minnesota, Colorado, Wisconsin, Oregon, Nevada, Utah, Tennessee, Louisiana, Alabama, Kentucky, Missouri, Maryland, New Jersey, North Carolina, South Carolina, Seattle, Hawaii, Alaska
Uruguay|Uruguayan, Uruguayans|Montevideo
Uzbekistan|Uzbek, Uzbeks|Tashkent
Vanuatu|Ni-Vanuatu|Port Vila
Vatican City, Vatican||Holy See, Pope, pontiff, papal
Vatican, Holy See||Pope, pontiff
Venezuela|Venezuelan, Venezuelans|Caracas, Maduro
Vietnam, Viet Nam|Vietnamese|Hanoi, Ho Chi Minh
Yemen|Yemeni, Yemenis|Sanaa, Sana'a, Houthi, Houthis
Zambia|Zambian, Zambians|Lusaka
Zimbabwe|Zimbabwean, Zimbabweans|Harare, Mugabe, Mnangagwa
`;

export type Country = {
  /** What the reader is told: the first of its names. */
  readonly name: string;
  readonly names: readonly string[];
  readonly people: readonly string[];
  /** What else of it a text may mention. */
  readonly others: readonly string[];
};

export const COUNTRIES: readonly Country[] = LINES.trim()
  .split("\n")
  .map((line) => {
    const [names = [], people = [], others = []] = line
      .split("|")
      .map((part) => part.split(", ").filter((word) => word !== ""));
    return { name: names[0] ?? line, names, people, others };
  });
